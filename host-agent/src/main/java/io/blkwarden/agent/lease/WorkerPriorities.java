package io.blkwarden.agent.lease;

import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.model.IoPriority;
import io.blkwarden.model.Worker;
import io.blkwarden.model.WorkerId;
import io.blkwarden.model.message.Outcome.WorkerChange;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Changes the priority of one proven worker and puts it back, each time with a look at who the pid
 * is right before and right after the call.
 *
 * <p>ioprio_set(2) takes a bare pid, so a pid that is used again within the microseconds between
 * look and call cannot be excluded; the second look shows it, and what was done to the stranger is
 * undone.
 */
final class WorkerPriorities {
  private final Tasks tasks;
  private final IoPriorities priorities;

  WorkerPriorities(Tasks tasks, IoPriorities priorities) {
    this.tasks = tasks;
    this.priorities = priorities;
  }

  /** What a look at a held worker showed. */
  sealed interface Look {
    /** It is there, with this priority. */
    record Same(IoPriority current) implements Look {}

    /** It has ended; the pid is free or someone else's. */
    record Gone() implements Look {}

    /** It cannot be told. */
    record Unknown(String cause) implements Look {}
  }

  /** What became of a wish to set a priority. */
  sealed interface Change {
    /** It is set and was read back. */
    record Done(WorkerChange change) implements Change {}

    /** It is not, or not for certain: the worker needs to be restored. */
    record Failed(String cause) implements Change {}
  }

  /** What became of a wish to restore. */
  sealed interface Restored {
    /** What was there before is there, or the task is gone. */
    record Back(WorkerChange change) implements Restored {}

    /** Someone else has set another priority meanwhile, which is left alone. */
    record LeftAlone(WorkerChange change) implements Restored {}

    /** It did not work and is to be tried again. */
    record Stuck(String cause) implements Restored {}
  }

  /** Why a task must not be touched; empty when it is the proven worker. */
  Optional<String> objection(WorkerId id, String comm) {
    return switch (tasks.read(id.pid())) {
      case ReadResult.Present<Tasks.Task>(Tasks.Task task) -> objection(id, comm, task);
      case ReadResult<Tasks.Task> other ->
          Optional.of("pid %d: %s".formatted(id.pid(), other.describe()));
    };
  }

  private static Optional<String> objection(WorkerId id, String comm, Tasks.Task task) {
    if (!task.id().equals(id)) {
      return Optional.of(
          "pid %d: expected start time %d, found %d"
              .formatted(id.pid(), id.startTicks(), task.id().startTicks()));
    }
    if (!task.comm().equals(comm)) {
      return Optional.of(
          "pid %d: expected name '%s', found '%s'".formatted(id.pid(), comm, task.comm()));
    }
    return task.kernelThread()
        ? Optional.empty()
        : Optional.of("pid %d: expected a kernel thread, found a process".formatted(id.pid()));
  }

  /** Makes a hold on a worker, with its present priority as the one to restore. */
  ReadResult<LeasedWorker> hold(Worker worker) {
    return priorities
        .get(worker.pid())
        .map(prior -> new LeasedWorker(worker.id(), worker.comm(), prior, null, List.of()));
  }

  Look look(LeasedWorker worker) {
    return switch (tasks.read(worker.id().pid())) {
      // the start time counts in hundredths of a second: another task may share pid and start
      case ReadResult.Present<Tasks.Task>(Tasks.Task task)
          when objection(worker.id(), worker.comm(), task).isPresent() ->
          new Look.Gone();
      case ReadResult.Present<Tasks.Task> _ ->
          switch (priorities.get(worker.id().pid())) {
            case ReadResult.Present<IoPriority>(IoPriority current) -> new Look.Same(current);
            case ReadResult.Absent<IoPriority> _ -> new Look.Gone();
            case ReadResult<IoPriority> other -> new Look.Unknown(other.describe());
          };
      case ReadResult.Absent<Tasks.Task> _ -> new Look.Gone();
      case ReadResult<Tasks.Task> other -> new Look.Unknown(other.describe());
    };
  }

  /** Whether a held worker has a priority that this lease has not set. */
  boolean takenOver(LeasedWorker worker) {
    return look(worker) instanceof Look.Same(IoPriority current)
        && (worker.ours().isEmpty()
            ? !current.equals(worker.prior())
            : !worker.ours().contains(current));
  }

  Change set(LeasedWorker worker, IoPriority priority) {
    int pid = worker.id().pid();
    Optional<IoPriority> before = priorities.get(pid).toOptional();
    Optional<String> objection = objection(worker.id(), worker.comm());
    if (objection.isPresent()) {
      return new Change.Failed(objection.get());
    }
    Optional<String> fault = priorities.set(pid, priority);
    if (fault.isPresent()) {
      return new Change.Failed("pid %d: %s".formatted(pid, fault.get()));
    }
    return switch (look(worker)) {
      case Look.Same(IoPriority current) when current.equals(priority) ->
          new Change.Done(change(worker, before.orElse(null), current));
      case Look.Same(IoPriority current) ->
          new Change.Failed("pid %d: set to %s, reads %s".formatted(pid, priority, current));
      case Look.Gone() -> new Change.Failed(spareTheStranger(worker, priority));
      case Look.Unknown(String cause) -> new Change.Failed("pid %d: %s".formatted(pid, cause));
    };
  }

  /** The worker ended during the call: if the pid's new owner has our priority, it is undone. */
  private String spareTheStranger(LeasedWorker worker, IoPriority priority) {
    int pid = worker.id().pid();
    if (!(priorities.get(pid) instanceof ReadResult.Present<IoPriority>(IoPriority found))) {
      return "pid %d: ended during the call".formatted(pid);
    }
    String met = "pid %d: ended during the call and was used again at once".formatted(pid);
    if (!found.equals(priority)) {
      return met + "; the new task is untouched";
    }
    return priorities
        .restore(pid, worker.prior())
        .map(fault -> met + "; the new task may have kept " + priority + ": " + fault)
        .orElse(met + "; the new task was put back to " + worker.prior());
  }

  Restored restore(LeasedWorker worker) {
    return switch (look(worker)) {
      case Look.Gone() -> new Restored.Back(change(worker, null, null));
      case Look.Unknown(String cause) -> new Restored.Stuck(cause);
      case Look.Same(IoPriority current) when current.equals(worker.prior()) ->
          new Restored.Back(change(worker, current, current));
      case Look.Same(IoPriority current) when !worker.ours().contains(current) ->
          new Restored.LeftAlone(change(worker, current, current));
      case Look.Same(IoPriority current) -> putBack(worker, current);
    };
  }

  private Restored putBack(LeasedWorker worker, IoPriority current) {
    int pid = worker.id().pid();
    Optional<String> fault = priorities.restore(pid, worker.prior());
    return switch (look(worker)) {
      case Look.Gone() -> new Restored.Back(change(worker, current, null));
      case Look.Unknown(String cause) -> new Restored.Stuck("pid %d: %s".formatted(pid, cause));
      case Look.Same(IoPriority after) when after.equals(worker.prior()) ->
          new Restored.Back(change(worker, current, after));
      case Look.Same(IoPriority after) ->
          new Restored.Stuck(
              "pid %d: expected %s, reads %s%s"
                  .formatted(pid, worker.prior(), after, fault.map(f -> ": " + f).orElse("")));
    };
  }

  private static WorkerChange change(
      LeasedWorker worker, @Nullable IoPriority before, @Nullable IoPriority after) {
    return new WorkerChange(
        worker.id().pid(), worker.id().startTicks(), worker.comm(), before, after);
  }
}
