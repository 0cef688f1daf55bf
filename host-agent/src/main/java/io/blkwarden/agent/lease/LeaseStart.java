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

/**
 * The two halves of setting a priority or a limit: all looks first, then all calls, and none
 * half-way.
 */
sealed interface LeaseStart {
  /**
   * All workers may be touched.
   *
   * @param lease what is to be stored before the first call
   */
  record Prepared(Lease lease) implements LeaseStart {}

  /**
   * A worker may not be touched, and none was.
   *
   * @param detail which, and why
   */
  record Refused(String detail) implements LeaseStart {}

  /** What the calls gave. */
  sealed interface Result {}

  /**
   * All workers are set.
   *
   * @param lease with nothing but the new priority or limit as ours
   * @param changes before and after
   */
  record Set(Lease lease, List<WorkerChange> changes) implements Result {}

  /**
   * A call failed; the lease's workers have to be restored.
   *
   * @param cause which, and why
   */
  record Failed(String cause) implements Result {}

  /** Looks at every worker, changing nothing. */
  static LeaseStart prepare(
      WorkerPriorities workers,
      WorkerGroups groups,
      Verdict.Apply apply,
      LeaseRecovery damaged,
      String reason,
      long nowMillis) {
    Restraint wish = apply.wish().restraint();
    LeaseLimit limit = null;
    if (wish instanceof Restraint.Limit(int perSecond)) {
      Optional<String> none = groups.unavailable();
      DeviceNumber device = apply.disk().volume().device();
      if (none.isPresent() || device == null) {
        return new Refused("no limit can be set: " + none.orElse("the disk has no device"));
      }
      ReadResult<DeviceNumber> whole = groups.limited(device);
      if (!(whole instanceof ReadResult.Present<DeviceNumber>(DeviceNumber limited))) {
        return new Refused("no limit can be set: " + whole.describe());
      }
      limit = new LeaseLimit(perSecond, limited);
    }
    Map<Integer, LeasedWorker> custody =
        Stream.concat(
                apply.held().stream().flatMap(lease -> lease.workers().stream()),
                damaged.earlier(apply.disk()))
            .collect(
                Collectors.toMap(
                    worker -> worker.id().pid(), Function.identity(), (first, _) -> first));
    List<LeasedWorker> held = new ArrayList<>();
    for (Worker worker : apply.disk().workers()) {
      Optional<String> objection = workers.objection(worker.id(), worker.comm());
      if (objection.isPresent()) {
        return new Refused(objection.get());
      }
      LeasedWorker before = custody.get(worker.pid());
      if (before != null && workers.takenOver(before)) {
        return new Refused(
            "pid %d: someone else has changed its priority during the lease"
                .formatted(worker.pid()));
      }
      ReadResult<LeasedWorker> hold =
          before == null ? workers.hold(worker) : ReadResult.present(before);
      if (!(hold instanceof ReadResult.Present<LeasedWorker>(LeasedWorker present))) {
        return new Refused("pid %d: %s".formatted(worker.pid(), hold.describe()));
      }
      ReadResult<LeasedWorker> about =
          switch (wish) {
            case Restraint.Priority(IoPriority priority) ->
                ReadResult.present(present.expecting(priority));
            case Restraint.Limit _ -> groups.expecting(present);
          };
      if (!(about instanceof ReadResult.Present<LeasedWorker>(LeasedWorker ready))) {
        return new Refused("pid %d: %s".formatted(worker.pid(), about.describe()));
      }
      held.add(ready);
    }
    return new Prepared(
        new Lease(
            apply.wish().lease(),
            apply.disk().domain(),
            apply.wish().vdev(),
            wish.priorityOrNull(),
            limit,
            nowMillis + apply.wish().leaseMs(),
            reason,
            null,
            held));
  }

  /** Sets every worker; stops at the first that fails. */
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

  /** The limit first, then all workers in; a lower priority of an earlier rung goes last. */
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
