package io.blkwarden.agent.lease;

import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.kernel.TaskStat;
import io.blkwarden.model.IoPriority;
import io.blkwarden.model.Worker;
import io.blkwarden.model.WorkerId;
import io.blkwarden.model.WorkerKind;
import io.blkwarden.model.message.Outcome.WorkerChange;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Changes and restores the priority of a proven worker. Checks the task's identity before and after
 * each call.
 *
 * <p>ioprio_set(2) takes a pid, which may be reused between the check and the call. The second
 * check detects this, and the change to the new task is undone.
 */
record WorkerPriorities(Tasks tasks, IoPriorities priorities) {

  /**
   * A worker that needs no restore: the prior priority is set, or the task has ended.
   *
   * @param leftAlone whether instead something else has set another priority, which stays
   */
  record Restored(WorkerChange change, boolean leftAlone) {}

  /** Why a task must not be changed; empty when it is the proven worker. */
  Optional<String> objection(WorkerId id, String comm, WorkerKind kind) {
    return switch (tasks.read(id.pid())) {
      case ReadResult.Present<TaskStat>(TaskStat task) -> objection(id, comm, kind, task);
      case ReadResult<TaskStat> other ->
          Optional.of("pid %d: %s".formatted(id.pid(), other.describe()));
    };
  }

  private static Optional<String> objection(
      WorkerId id, String comm, WorkerKind kind, TaskStat task) {
    if (!task.id().equals(id)) {
      return Optional.of(
          "pid %d: expected start time %d, found %d"
              .formatted(id.pid(), id.startTicks(), task.id().startTicks()));
    }
    if (!task.comm().equals(comm)) {
      return Optional.of(
          "pid %d: expected name '%s', found '%s'".formatted(id.pid(), comm, task.comm()));
    }
    boolean kernel = kind == WorkerKind.BLKBACK;
    return task.isKernelThread() == kernel
        ? Optional.empty()
        : Optional.of(
            (kernel
                    ? "pid %d: expected a kernel thread, found a process"
                    : "pid %d: expected a process, found a kernel thread")
                .formatted(id.pid()));
  }

  /** A leased worker with its current priority as the one to restore. */
  ReadResult<LeasedWorker> lease(Worker worker) {
    return priorities.get(worker.pid()).map(prior -> LeasedWorker.unchanged(worker, prior));
  }

  /** A leased worker's priority; absent when it has ended and its pid is free or reused. */
  ReadResult<IoPriority> current(LeasedWorker worker) {
    int pid = worker.id().pid();
    // start times have 10 ms resolution: another task may share pid and start time
    return tasks
        .read(pid)
        .flatMap(task ->
            objection(worker.id(), worker.comm(), worker.kind(), task).isPresent()
                ? ReadResult.absent("task " + pid)
                : priorities.get(pid));
  }

  /** Whether a leased worker has a priority that the lease has not set. */
  boolean takenOver(LeasedWorker worker) {
    return current(worker) instanceof ReadResult.Present<IoPriority>(IoPriority current)
        && (worker.ours().isEmpty()
            ? !current.equals(worker.prior())
            : !worker.ours().contains(current));
  }

  /** Sets a priority and reads it back; if that fails, the worker must be restored. */
  ReadResult<WorkerChange> set(LeasedWorker worker, IoPriority priority) {
    int pid = worker.id().pid();
    Optional<IoPriority> before = priorities.get(pid).toOptional();
    Optional<String> objection = objection(worker.id(), worker.comm(), worker.kind());
    if (objection.isPresent()) {
      return ReadResult.failed(objection.get());
    }
    Optional<String> fault = priorities.set(pid, priority);
    if (fault.isPresent()) {
      return ReadResult.failed("pid %d: %s".formatted(pid, fault.get()));
    }
    return switch (current(worker)) {
      case ReadResult.Present<IoPriority>(IoPriority current) when current.equals(priority) ->
          ReadResult.present(change(worker, before.orElse(null), current));
      case ReadResult.Present<IoPriority>(IoPriority current) ->
          ReadResult.failed("pid %d: set to %s, reads %s".formatted(pid, priority, current));
      case ReadResult.Absent<IoPriority> _ -> ReadResult.failed(restoreNewTask(worker, priority));
      case ReadResult<IoPriority> other ->
          ReadResult.failed("pid %d: %s".formatted(pid, other.describe()));
    };
  }

  /** Restores a new task with the pid of the ended worker, if it has our priority. */
  private String restoreNewTask(LeasedWorker worker, IoPriority priority) {
    int pid = worker.id().pid();
    if (!(priorities.get(pid) instanceof ReadResult.Present<IoPriority>(IoPriority found))) {
      return "pid %d: ended during the call".formatted(pid);
    }
    String met = "pid %d: ended during the call and was reused".formatted(pid);
    if (!found.equals(priority)) {
      return met + "; the new task is unchanged";
    }
    return priorities
        .restore(pid, worker.prior())
        .map(fault -> met + "; the new task may have kept " + priority + ": " + fault)
        .orElse(met + "; the new task was restored to " + worker.prior());
  }

  /** Restores the prior priority; if that fails, it must be retried. */
  ReadResult<Restored> restore(LeasedWorker worker) {
    return switch (current(worker)) {
      case ReadResult.Absent<IoPriority> _ -> restored(worker, null, null);
      case ReadResult.Present<IoPriority>(IoPriority current) when current.equals(worker.prior()) ->
          restored(worker, current, current);
      case ReadResult.Present<IoPriority>(IoPriority current)
          when !worker.ours().contains(current) ->
          ReadResult.present(new Restored(change(worker, current, current), true));
      case ReadResult.Present<IoPriority>(IoPriority current) -> reset(worker, current);
      case ReadResult<IoPriority> other -> ReadResult.failed(other.describe());
    };
  }

  private static ReadResult<Restored> restored(
      LeasedWorker worker, @Nullable IoPriority before, @Nullable IoPriority after) {
    return ReadResult.present(new Restored(change(worker, before, after), false));
  }

  private ReadResult<Restored> reset(LeasedWorker worker, IoPriority current) {
    int pid = worker.id().pid();
    Optional<String> fault = priorities.restore(pid, worker.prior());
    return switch (current(worker)) {
      case ReadResult.Absent<IoPriority> _ -> restored(worker, current, null);
      case ReadResult.Present<IoPriority>(IoPriority after) when after.equals(worker.prior()) ->
          restored(worker, current, after);
      case ReadResult.Present<IoPriority>(IoPriority after) ->
          ReadResult.failed(
              "pid %d: expected %s, reads %s%s"
                  .formatted(pid, worker.prior(), after, fault.map(f -> ": " + f).orElse("")));
      case ReadResult<IoPriority> other ->
          ReadResult.failed("pid %d: %s".formatted(pid, other.describe()));
    };
  }

  private static WorkerChange change(
      LeasedWorker worker, @Nullable IoPriority before, @Nullable IoPriority after) {
    return new WorkerChange(
        worker.id().pid(), worker.id().startTicks(), worker.comm(), before, after);
  }
}
