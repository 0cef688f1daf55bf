package io.blkwarden.agent.lease;

import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.lease.Lease.LeaseLimit;
import java.util.Optional;
import java.util.function.Function;

/**
 * Moves a proven worker into its lease's cgroup and back. Checks the task's identity before and
 * after each move.
 */
record WorkerGroups(WorkerPriorities workers, LimitGroups limits) {

  /** The worker with its current group as the one to restore. */
  ReadResult<LeasedWorker> expecting(LeasedWorker worker) {
    if (worker.priorGroup() != null) {
      return ReadResult.present(worker);
    }
    return limits
        .groupOf(worker.id().pid())
        .flatMap(group ->
            group.startsWith(LimitGroups.TOP + "/")
                ? ReadResult.failed(
                    "pid %d: found in cgroup %s, which belongs to no lease of its disk"
                        .formatted(worker.id().pid(), group))
                : ReadResult.present(worker.from(group)));
  }

  /** Creates the lease's group with its limit, without tasks. */
  Optional<String> open(Lease lease, LeaseLimit limit) {
    return limits
        .limit(lease.group(), limit.device(), limit.perSecond())
        .or(() -> wrongLimit(lease, limit));
  }

  private Optional<String> wrongLimit(Lease lease, LeaseLimit limit) {
    ReadResult<Integer> found = limits.limitOf(lease.group(), limit.device());
    return found.toOptional().equals(Optional.of(limit.perSecond()))
        ? Optional.empty()
        : Optional.of(
            "%s: expected %d/s on %s, found %s"
                .formatted(lease.group(), limit.perSecond(), limit.device(), found.describe()));
  }

  /** Moves the workers into the lease's group, up to the first error, which is returned. */
  Optional<String> enterAll(Lease lease) {
    return firstError(lease, worker -> enter(worker, lease));
  }

  /** Moves the workers back, up to the first error, and removes the lease's group. */
  Optional<String> leaveAll(Lease lease) {
    return firstError(lease, worker -> leave(worker, lease)).or(() -> close(lease));
  }

  private static Optional<String> firstError(
      Lease lease, Function<LeasedWorker, Optional<String>> change) {
    return lease.workers().stream().map(change).flatMap(Optional::stream).findFirst();
  }

  /** Moves a worker into the lease's group; returns the error. */
  private Optional<String> enter(LeasedWorker worker, Lease lease) {
    int pid = worker.id().pid();
    String before = limits.groupOf(pid).orElse(LimitGroups.ROOT);
    Optional<String> objection = workers.objection(worker.id(), worker.comm(), worker.kind());
    if (objection.isPresent()) {
      return objection;
    }
    Optional<String> fault = limits.move(pid, lease.group());
    if (fault.isPresent()) {
      return Optional.of("pid %d: %s".formatted(pid, fault.get()));
    }
    if (workers.objection(worker.id(), worker.comm(), worker.kind()).isPresent()) {
      return Optional.of(moveNewTaskBack(pid, before, lease));
    }
    return elsewhere(worker, lease);
  }

  /** Moves a new task with the pid of the ended worker back to its group. */
  private String moveNewTaskBack(int pid, String before, Lease lease) {
    String met = "pid %d: ended during the move".formatted(pid);
    if (!limits.groupOf(pid).toOptional().equals(Optional.of(lease.group()))) {
      return met;
    }
    return limits
        .move(pid, before)
        .map(fault -> met + "; the new task may be limited: " + fault)
        .orElse(met + "; the new task was moved back to " + before);
  }

  private Optional<String> elsewhere(LeasedWorker worker, Lease lease) {
    ReadResult<String> found = limits.groupOf(worker.id().pid());
    return found.toOptional().equals(Optional.of(lease.group()))
        ? Optional.empty()
        : Optional.of(
            "pid %d: expected in %s, found %s"
                .formatted(worker.id().pid(), lease.group(), found.describe()));
  }

  /** Moves a worker back; returns the error. A worker in another group is left there. */
  Optional<String> leave(LeasedWorker worker, Lease lease) {
    String prior = worker.priorGroup();
    int pid = worker.id().pid();
    if (prior == null || workers.current(worker) instanceof ReadResult.Absent) {
      return Optional.empty();
    }
    return switch (limits.groupOf(pid)) {
      case ReadResult.Present<String>(String group) when !group.equals(lease.group()) ->
          Optional.empty();
      case ReadResult.Present<String> _ -> {
        // Its prior group may have been removed.
        Optional<String> fault =
            limits.move(pid, prior).flatMap(_ -> limits.move(pid, LimitGroups.ROOT));
        yield fault.map(cause -> "pid %d: %s".formatted(pid, cause));
      }
      case ReadResult.Absent<String> _ -> Optional.empty();
      case ReadResult<String> other -> Optional.of(other.describe());
    };
  }

  /** Removes the lease's group; returns the error. */
  Optional<String> close(Lease lease) {
    return limits.remove(lease.group());
  }

  /** What was changed outside of the limit; empty when nothing was, or when unknown. */
  Optional<String> undone(Lease lease, LeaseLimit limit) {
    Optional<String> moved =
        firstError(
            lease,
            worker ->
                limits.groupOf(worker.id().pid()).isPresent()
                    ? elsewhere(worker, lease)
                    : Optional.empty());
    return moved.isPresent()
            || limits.limitOf(lease.group(), limit.device()) instanceof ReadResult.Failed<Integer>
        ? moved
        : wrongLimit(lease, limit);
  }
}
