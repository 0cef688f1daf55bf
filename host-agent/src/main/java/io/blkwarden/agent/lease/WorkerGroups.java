package io.blkwarden.agent.lease;

import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.lease.Lease.LeaseLimit;
import io.blkwarden.model.DeviceNumber;
import java.util.Optional;

/**
 * Moves one proven worker into its lease's cgroup and back, each time with a look at who the pid is
 * right before and right after.
 */
final class WorkerGroups {
  private final WorkerPriorities workers;
  private final LimitGroups groups;

  WorkerGroups(WorkerPriorities workers, LimitGroups groups) {
    this.workers = workers;
    this.groups = groups;
  }

  Optional<String> unavailable() {
    return groups.unavailable();
  }

  /** The device that a limit of this one is set on. */
  ReadResult<DeviceNumber> limited(DeviceNumber device) {
    return groups.limited(device);
  }

  /** The worker with the group that it is to go back to. */
  ReadResult<LeasedWorker> expecting(LeasedWorker worker) {
    if (worker.priorGroup() != null) {
      return ReadResult.present(worker);
    }
    return groups
        .groupOf(worker.id().pid())
        .flatMap(group ->
            group.startsWith(LimitGroups.TOP + "/")
                ? ReadResult.failed("it is in %s, which no lease of its disk has".formatted(group))
                : ReadResult.present(worker.from(group)));
  }

  /** Makes the lease's group with its limit; nobody is in it yet. */
  Optional<String> open(Lease lease, LeaseLimit limit) {
    return groups
        .limit(lease.group(), limit.device(), limit.perSecond())
        .or(() -> wrongLimit(lease, limit));
  }

  private Optional<String> wrongLimit(Lease lease, LeaseLimit limit) {
    ReadResult<Integer> found = groups.limitOf(lease.group(), limit.device());
    return found.toOptional().equals(Optional.of(limit.perSecond()))
        ? Optional.empty()
        : Optional.of(
            "%s: expected %d/s on %s, found %s"
                .formatted(lease.group(), limit.perSecond(), limit.device(), found.describe()));
  }

  /** Moves a worker into the lease's group; why it is not there, or not for certain. */
  Optional<String> enter(LeasedWorker worker, Lease lease) {
    int pid = worker.id().pid();
    String before = groups.groupOf(pid).orElse(LimitGroups.ROOT);
    Optional<String> objection = workers.objection(worker.id(), worker.comm());
    if (objection.isPresent()) {
      return objection;
    }
    Optional<String> fault = groups.move(pid, lease.group());
    if (fault.isPresent()) {
      return Optional.of("pid %d: %s".formatted(pid, fault.get()));
    }
    if (workers.objection(worker.id(), worker.comm()).isPresent()) {
      return Optional.of(spareTheStranger(pid, before, lease));
    }
    return elsewhere(worker, lease);
  }

  /** The worker ended during the move: its pid's new owner goes back to where it was. */
  private String spareTheStranger(int pid, String before, Lease lease) {
    String met = "pid %d: ended during the move".formatted(pid);
    if (!groups.groupOf(pid).toOptional().equals(Optional.of(lease.group()))) {
      return met;
    }
    return groups
        .move(pid, before)
        .map(fault -> met + "; the new task may be limited: " + fault)
        .orElse(met + "; the new task was moved back to " + before);
  }

  private Optional<String> elsewhere(LeasedWorker worker, Lease lease) {
    ReadResult<String> found = groups.groupOf(worker.id().pid());
    return found.toOptional().equals(Optional.of(lease.group()))
        ? Optional.empty()
        : Optional.of(
            "pid %d: expected in %s, found %s"
                .formatted(worker.id().pid(), lease.group(), found.describe()));
  }

  /** Moves a worker back; why it is still in the lease's group. One that is elsewhere is left. */
  Optional<String> leave(LeasedWorker worker, Lease lease) {
    String prior = worker.priorGroup();
    int pid = worker.id().pid();
    if (prior == null || workers.look(worker) instanceof WorkerPriorities.Look.Gone) {
      return Optional.empty();
    }
    return switch (groups.groupOf(pid)) {
      case ReadResult.Present<String>(String group) when !group.equals(lease.group()) ->
          Optional.empty();
      case ReadResult.Present<String> _ -> {
        // Where it was may have been removed meanwhile.
        Optional<String> fault =
            groups.move(pid, prior).flatMap(_ -> groups.move(pid, LimitGroups.ROOT));
        yield fault.map(cause -> "pid %d: %s".formatted(pid, cause));
      }
      case ReadResult.Absent<String> _ -> Optional.empty();
      case ReadResult<String> other -> Optional.of(other.describe());
    };
  }

  /** Removes the lease's group; why it is still there. */
  Optional<String> close(Lease lease) {
    return groups.remove(lease.group());
  }

  /**
   * What no longer is as the limit needs it, undone by someone else; empty when all is, and when it
   * cannot be told.
   */
  Optional<String> undone(Lease lease, LeaseLimit limit) {
    for (LeasedWorker worker : lease.workers()) {
      Optional<String> out =
          groups.groupOf(worker.id().pid()).isPresent()
              ? elsewhere(worker, lease)
              : Optional.empty();
      if (out.isPresent()) {
        return out;
      }
    }
    return groups.limitOf(lease.group(), limit.device()) instanceof ReadResult.Failed<Integer>
        ? Optional.empty()
        : wrongLimit(lease, limit);
  }
}
