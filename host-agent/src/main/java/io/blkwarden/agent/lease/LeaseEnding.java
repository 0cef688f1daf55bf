package io.blkwarden.agent.lease;

import io.blkwarden.agent.lease.Lease.LeaseLimit;
import io.blkwarden.model.IoPriority;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MappingState;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.Worker;
import io.blkwarden.model.WorkerId;
import io.blkwarden.model.message.Outcome;
import io.blkwarden.model.message.Outcome.Result;
import io.blkwarden.model.message.Outcome.WorkerChange;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Restores what a lease changed, and tells when a lease has to end before its time. */
final class LeaseEnding {
  private final WorkerPriorities workers;
  private final WorkerGroups groups;
  private final Outcomes outcomes;

  LeaseEnding(WorkerPriorities workers, WorkerGroups groups, Outcomes outcomes) {
    this.workers = workers;
    this.groups = groups;
    this.outcomes = outcomes;
  }

  /**
   * An ended lease.
   *
   * @param outcome what became of it
   * @param rest the lease with the workers that could not be restored yet; empty when all were
   */
  record Ended(Outcome outcome, Optional<Lease> rest) {}

  Ended end(@Nullable MessageId command, Lease lease, LeaseEnd end, String why, long nowMillis) {
    List<LeasedWorker> stuck = new ArrayList<>();
    List<WorkerChange> changes = new ArrayList<>();
    StringBuilder detail = new StringBuilder(why);
    for (LeasedWorker worker : lease.workers()) {
      Optional<String> inside = groups.leave(worker, lease);
      if (inside.isPresent()) {
        stuck.add(worker);
        detail.append("; still limited, will be tried again: ").append(inside.get());
        continue;
      }
      switch (workers.restore(worker)) {
        case WorkerPriorities.Restored.Back(WorkerChange change) -> changes.add(change);
        case WorkerPriorities.Restored.LeftAlone(WorkerChange change) -> {
          changes.add(change);
          detail.append(
              "; %d is left at %s, which someone else has set"
                  .formatted(change.pid(), change.after()));
        }
        case WorkerPriorities.Restored.Stuck(String cause) -> {
          stuck.add(worker);
          detail.append("; not restored, will be tried again: ").append(cause);
        }
      }
    }
    if (stuck.isEmpty() && lease.grouped()) {
      groups
          .close(lease)
          .ifPresent(fault -> {
            stuck.addAll(lease.workers());
            detail.append("; its cgroup is not removed yet: ").append(fault);
          });
    }
    if (stuck.isEmpty()) {
      Outcome outcome =
          outcomes.of(command, lease, end.result(), end.cause(), detail.toString(), changes, null);
      return new Ended(outcome, Optional.empty());
    }
    Lease rest = lease.with(stuck).endingAs(end, nowMillis);
    return new Ended(
        outcomes.of(command, lease, Result.FAILED, detail.toString(), changes, null),
        Optional.of(rest));
  }

  /** Why a lease found after a restart cannot go on; empty when all is as it was left. */
  Optional<String> flaw(Lease lease, long nowMillis) {
    if (lease.deadlineMillis() <= nowMillis) {
      return Optional.of("its time was over while no agent ran");
    }
    LeaseLimit limit = lease.limit();
    boolean lowered = lease.workers().stream().anyMatch(worker -> !worker.ours().isEmpty());
    if (limit == null ? lease.grouped() : lowered) {
      return Optional.of("it was left half-way between a priority and a limit");
    }
    if (limit != null) {
      Optional<String> undone = groups.undone(lease, limit);
      if (undone.isPresent()) {
        return Optional.of(undone.get() + " after a restart of the agent");
      }
    }
    for (LeasedWorker worker : lease.workers()) {
      switch (workers.look(worker)) {
        case WorkerPriorities.Look.Same(IoPriority current) -> {
          IoPriority priority = lease.priority();
          if (priority != null && !current.equals(priority)) {
            return Optional.of(
                "%d: expected %s, found %s after a restart of the agent"
                    .formatted(worker.id().pid(), priority, current));
          }
        }
        case WorkerPriorities.Look.Gone() -> {
          return Optional.of("%d ended while no agent ran".formatted(worker.id().pid()));
        }
        case WorkerPriorities.Look.Unknown(String cause) -> {
          return Optional.of(cause);
        }
      }
    }
    return Optional.empty();
  }

  /** What someone else has undone of a lease; empty when nothing is, and when it cannot be told. */
  Optional<String> undone(Lease lease) {
    LeaseLimit limit = lease.limit();
    if (limit != null) {
      return groups.undone(lease, limit);
    }
    for (LeasedWorker worker : lease.workers()) {
      if (workers.look(worker) instanceof WorkerPriorities.Look.Same(IoPriority current)
          && !current.equals(lease.priority())) {
        return Optional.of(
            "pid %d: someone else has set it to %s, the lease set %s"
                .formatted(worker.id().pid(), current, lease.priority()));
      }
    }
    return Optional.empty();
  }

  /** Why a lease holds workers that are no longer all of its disk's; empty when it does not. */
  Optional<String> orphaned(Lease lease, CurrentMapping mapping) {
    for (LeasedWorker worker : lease.workers()) {
      if (workers.look(worker) instanceof WorkerPriorities.Look.Gone) {
        return Optional.of("worker %d has ended".formatted(worker.id().pid()));
      }
    }
    Optional<MappedDisk> disk =
        mapping.find(lease.disk()).filter(found -> found.state() == MappingState.RESOLVED);
    Set<WorkerId> present =
        disk.stream()
            .flatMap(found -> found.workers().stream())
            .map(Worker::id)
            .collect(Collectors.toSet());
    return disk.isEmpty() || present.equals(lease.workerIds())
        ? Optional.empty()
        : Optional.of("the disk has other workers now: " + present);
  }
}
