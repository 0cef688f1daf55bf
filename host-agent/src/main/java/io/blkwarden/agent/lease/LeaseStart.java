package io.blkwarden.agent.lease;

import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.lease.Lease.LeaseLimit;
import io.blkwarden.model.DeviceNumber;
import io.blkwarden.model.IoPriority;
import io.blkwarden.model.Restraint;
import io.blkwarden.model.Worker;
import io.blkwarden.model.message.Outcome;
import io.blkwarden.model.message.Outcome.WorkerChange;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Starts a throttle in two steps: first all checks, then all changes. */
sealed interface LeaseStart {
  /**
   * All workers may be changed.
   *
   * @param lease lease to store before the first change
   */
  record Prepared(Lease lease) implements LeaseStart {}

  /**
   * A worker must not be changed; none was.
   *
   * @param detail worker and reason
   */
  record Refused(String detail) implements LeaseStart {}

  /** The result of the changes. */
  sealed interface Result {}

  /**
   * All workers are set.
   *
   * @param lease the lease with only the new priority or limit as its own
   * @param changes priorities before and after
   */
  record Set(Lease lease, List<WorkerChange> changes) implements Result {}

  /**
   * A change failed; the lease's workers must be restored.
   *
   * @param cause worker and error
   */
  record Failed(String cause) implements Result {}

  /** Checks all workers without changes. */
  static LeaseStart prepare(
      WorkerPriorities workers,
      WorkerGroups groups,
      Verdict.Apply apply,
      LeaseRecovery damaged,
      String reason,
      long nowMillis) {
    Restraint request = apply.request().restraint();
    LeaseLimit limit = null;
    if (request instanceof Restraint.Limit(int perSecond)) {
      Optional<String> none = groups.unavailable();
      DeviceNumber device = apply.disk().volume().device();
      if (none.isPresent() || device == null) {
        return new Refused("limits are unavailable: " + none.orElse("the disk has no device"));
      }
      ReadResult<DeviceNumber> whole = groups.limited(device);
      if (!(whole instanceof ReadResult.Present<DeviceNumber>(DeviceNumber limited))) {
        return new Refused("limits are unavailable: " + whole.describe());
      }
      limit = new LeaseLimit(perSecond, limited);
    }
    Map<Integer, LeasedWorker> earlier =
        Stream.concat(
                apply.active().stream().flatMap(lease -> lease.workers().stream()),
                damaged.earlier(apply.disk()))
            .collect(
                Collectors.toMap(
                    worker -> worker.id().pid(), Function.identity(), (first, _) -> first));
    List<LeasedWorker> leased = new ArrayList<>();
    for (Worker worker : apply.disk().workers()) {
      Optional<String> objection = workers.objection(worker.id(), worker.comm());
      if (objection.isPresent()) {
        return new Refused(objection.get());
      }
      LeasedWorker before = earlier.get(worker.pid());
      if (before != null && workers.takenOver(before)) {
        return new Refused(
            "pid %d: something else has changed its priority during the lease"
                .formatted(worker.pid()));
      }
      ReadResult<LeasedWorker> current =
          before == null ? workers.lease(worker) : ReadResult.present(before);
      if (!(current instanceof ReadResult.Present<LeasedWorker>(LeasedWorker present))) {
        return new Refused("pid %d: %s".formatted(worker.pid(), current.describe()));
      }
      ReadResult<LeasedWorker> about =
          switch (request) {
            case Restraint.Priority(IoPriority priority) ->
                ReadResult.present(present.expecting(priority));
            case Restraint.Limit _ -> groups.expecting(present);
          };
      if (!(about instanceof ReadResult.Present<LeasedWorker>(LeasedWorker ready))) {
        return new Refused("pid %d: %s".formatted(worker.pid(), about.describe()));
      }
      leased.add(ready);
    }
    return new Prepared(
        new Lease(
            apply.request().lease(),
            apply.disk().domain(),
            apply.request().vdev(),
            request.priorityOrNull(),
            limit,
            nowMillis + apply.request().leaseMs(),
            reason,
            null,
            leased));
  }

  /** Changes all workers; stops at the first failure. */
  static Result carryOut(WorkerPriorities workers, WorkerGroups groups, Lease lease) {
    LeaseLimit limit = lease.limit();
    IoPriority priority = lease.priority();
    if (limit != null) {
      return limit(workers, groups, lease, limit);
    }
    return priority == null
        ? new Failed("neither a priority nor a limit")
        : lower(workers, groups, lease, priority);
  }

  private static Result lower(
      WorkerPriorities workers, WorkerGroups groups, Lease lease, IoPriority priority) {
    List<WorkerChange> changes = new ArrayList<>();
    List<LeasedWorker> settled = new ArrayList<>();
    for (LeasedWorker worker : lease.workers()) {
      switch (workers.set(worker, priority)) {
        case WorkerPriorities.Change.Done(Outcome.WorkerChange change) -> {
          changes.add(change);
          settled.add(worker.settled(priority));
        }
        case WorkerPriorities.Change.Failed(String cause) -> {
          return new Failed(cause);
        }
      }
    }
    if (lease.grouped()) {
      for (LeasedWorker worker : lease.workers()) {
        Optional<String> stuck = groups.leave(worker, lease);
        if (stuck.isPresent()) {
          return new Failed(stuck.get());
        }
      }
      Optional<String> stuck = groups.close(lease);
      if (stuck.isPresent()) {
        return new Failed(stuck.get());
      }
    }
    return new Set(lease.with(settled), changes);
  }

  /** Sets the limit, moves all workers, then restores a lower priority of an earlier step. */
  private static Result limit(
      WorkerPriorities workers, WorkerGroups groups, Lease lease, LeaseLimit limit) {
    Optional<String> fault = groups.open(lease, limit);
    if (fault.isPresent()) {
      return new Failed(fault.get());
    }
    for (LeasedWorker worker : lease.workers()) {
      Optional<String> outside = groups.enter(worker, lease);
      if (outside.isPresent()) {
        return new Failed(outside.get());
      }
    }
    List<WorkerChange> changes = new ArrayList<>();
    List<LeasedWorker> settled = new ArrayList<>();
    for (LeasedWorker worker : lease.workers()) {
      switch (workers.restore(worker)) {
        case WorkerPriorities.Restored.Back(WorkerChange change) -> changes.add(change);
        case WorkerPriorities.Restored.LeftAlone(WorkerChange change) -> changes.add(change);
        case WorkerPriorities.Restored.Stuck(String cause) -> {
          return new Failed(cause);
        }
      }
      settled.add(worker.moved());
    }
    return new Set(lease.with(settled), changes);
  }
}
