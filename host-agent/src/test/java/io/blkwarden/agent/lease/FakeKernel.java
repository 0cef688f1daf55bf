package io.blkwarden.agent.lease;

import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.kernel.TaskStat;
import io.blkwarden.model.IoPriority;
import io.blkwarden.model.WorkerId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Fake tasks with the kernel's semantics: a call affects the current owner of the pid. */
public final class FakeKernel implements Tasks, IoPriorities {
  private final Map<Integer, TaskStat> tasks = new HashMap<>();
  private final Map<Integer, IoPriority> priorities = new HashMap<>();
  private final Set<Integer> refusing = new HashSet<>();
  private final List<String> calls = new ArrayList<>();
  private final FakeCgroups groups = new FakeCgroups(this);
  private Runnable beforeSet = () -> {};
  private long ticks = 1000;

  /** Starts a kernel thread with a pid, replacing its current owner. */
  public WorkerId start(int pid, String comm) {
    return start(pid, comm, true);
  }

  public WorkerId start(int pid, String comm, boolean kernelThread) {
    WorkerId id = new WorkerId(pid, ++ticks);
    tasks.put(pid, stat(id, comm, kernelThread));
    priorities.put(pid, IoPriority.UNSET);
    groups.put(pid, LimitGroups.ROOT);
    return id;
  }

  /** Reuses the pid within the same clock tick. */
  public void replaceAtOnce(int pid, String comm, boolean kernelThread) {
    tasks.computeIfPresent(pid, (_, task) -> stat(task.id(), comm, kernelThread));
  }

  public void end(int pid) {
    tasks.remove(pid);
    priorities.remove(pid);
  }

  public void refuse(int pid, boolean refuse) {
    if (refuse) {
      refusing.add(pid);
    } else {
      refusing.remove(pid);
    }
  }

  /** The cgroups of these tasks. */
  public FakeCgroups groups() {
    return groups;
  }

  boolean refuses(int pid) {
    return refusing.contains(pid);
  }

  /** Records a changing call, after running the hook set before it. */
  void call(String what) {
    Runnable before = beforeSet;
    beforeSet = () -> {};
    before.run();
    calls.add(what);
  }

  /** Runs once between the last check and the call. */
  public void beforeNextSet(Runnable action) {
    beforeSet = action;
  }

  public IoPriority priority(int pid) {
    return priorities.getOrDefault(pid, IoPriority.UNSET);
  }

  /** Sets a priority from outside, as with ionice. */
  public void ionice(int pid, IoPriority priority) {
    priorities.replace(pid, priority);
  }

  public boolean isAlive(WorkerId id) {
    TaskStat task = tasks.get(id.pid());
    return task != null && task.id().equals(id);
  }

  public List<String> calls() {
    return List.copyOf(calls);
  }

  private static TaskStat stat(WorkerId id, String comm, boolean kernelThread) {
    return new TaskStat(id, comm, kernelThread ? 2 : 1, kernelThread ? 0x20_0000 : 0);
  }

  @Override
  public ReadResult<TaskStat> read(int pid) {
    TaskStat task = tasks.get(pid);
    return task == null ? ReadResult.absent("proc/" + pid + "/stat") : ReadResult.present(task);
  }

  @Override
  public ReadResult<IoPriority> get(int pid) {
    IoPriority priority = priorities.get(pid);
    return priority == null ? ReadResult.absent("task " + pid) : ReadResult.present(priority);
  }

  @Override
  public Optional<String> set(int pid, IoPriority priority) {
    return write(pid, priority);
  }

  @Override
  public Optional<String> restore(int pid, IoPriority recorded) {
    return write(pid, recorded);
  }

  private Optional<String> write(int pid, IoPriority priority) {
    call(pid + " " + priority);
    if (refusing.contains(pid)) {
      return Optional.of("ioprio_set: EPERM");
    }
    return priorities.replace(pid, priority) == null
        ? Optional.of("ioprio_set: ESRCH")
        : Optional.empty();
  }
}
