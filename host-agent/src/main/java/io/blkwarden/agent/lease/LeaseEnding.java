package io.blkwarden.agent.lease;

import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.lease.Lease.LeaseLimit;
import io.blkwarden.agent.lease.WorkerPriorities.Restored;
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

/** Ends leases and detects leases that must end early. */
record LeaseEnding(WorkerPriorities workers, WorkerGroups groups, Outcomes outcomes) {

  /**
   * The result of ending a lease.
   *
   * @param outcome outcome to publish
   * @param rest the lease with the workers not restored yet; empty when all were restored
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
        detail.append("; still limited, will retry: ").append(inside.get());
        continue;
      }
      switch (workers.restore(worker)) {
        case ReadResult.Present<Restored>(Restored(WorkerChange change, boolean leftAlone)) -> {
          changes.add(change);
          if (leftAlone) {
            detail.append(
                "; pid %d: left at %s, which is not this lease's priority"
                    .formatted(change.pid(), change.after()));
          }
        }
        case ReadResult<Restored> none -> {
          stuck.add(worker);
          detail.append("; not restored, will retry: ").append(none.describe());
        }
      }
    }
    if (stuck.isEmpty() && lease.grouped()) {
      groups
          .close(lease)
          .ifPresent(fault -> {
            stuck.addAll(lease.workers());
            detail.append("; cgroup not removed, will retry: ").append(fault);
          });
    }
    if (stuck.isEmpty()) {
      Outcome outcome =
          outcomes.of(command, lease, end.result, end.cause, detail.toString(), changes, null);
      return new Ended(outcome, Optional.empty());
    }
    Lease rest = lease.with(stuck).endingAs(end, nowMillis);
    return new Ended(
        outcomes.of(command, lease, Result.FAILED, detail.toString(), changes, null),
        Optional.of(rest));
  }

  /** Why a lease found after a restart cannot be resumed; empty when it can. */
  Optional<String> whyNotResumable(Lease lease, long nowMillis) {
    if (lease.deadlineMillis() <= nowMillis) {
      return Optional.of("the lease expired while the agent was not running");
    }
    LeaseLimit limit = lease.limit();
    boolean lowered = lease.workers().stream().anyMatch(worker -> !worker.ours().isEmpty());
    if (limit == null ? lease.grouped() : lowered) {
      return Optional.of("a change between priority and limit was incomplete");
    }
    if (limit != null) {
      Optional<String> undone = groups.undone(lease, limit);
      if (undone.isPresent()) {
        return Optional.of(undone.get() + " after a restart of the agent");
      }
    }
    for (LeasedWorker worker : lease.workers()) {
      switch (workers.current(worker)) {
        case ReadResult.Present<IoPriority>(IoPriority current) -> {
          IoPriority priority = lease.priority();
          if (priority != null && !current.equals(priority)) {
            return Optional.of(
                "pid %d: expected %s, found %s after a restart of the agent"
                    .formatted(worker.id().pid(), priority, current));
          }
        }
        case ReadResult.Absent<IoPriority> _ -> {
          return Optional.of(
              "pid %d: ended while the agent was not running".formatted(worker.id().pid()));
        }
        case ReadResult<IoPriority> other -> {
          return Optional.of(other.describe());
        }
      }
    }
    return Optional.empty();
  }

  /** What was changed outside of a lease; empty when nothing was, or when unknown. */
  Optional<String> undone(Lease lease) {
    LeaseLimit limit = lease.limit();
    if (limit != null) {
      return groups.undone(lease, limit);
    }
    for (LeasedWorker worker : lease.workers()) {
      if (workers.current(worker) instanceof ReadResult.Present<IoPriority>(IoPriority current)
          && !current.equals(lease.priority())) {
        return Optional.of(
            "pid %d: found %s, which something else has set; the lease set %s"
                .formatted(worker.id().pid(), current, lease.priority()));
      }
    }
    return Optional.empty();
  }

  /** Why the lease's workers are no longer the disk's; empty when they are. */
  Optional<String> orphaned(Lease lease, CurrentMapping mapping) {
    for (LeasedWorker worker : lease.workers()) {
      if (workers.current(worker) instanceof ReadResult.Absent) {
        return Optional.of("pid %d: worker has ended".formatted(worker.id().pid()));
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
        : Optional.of("the disk's workers changed to " + present);
  }
}
