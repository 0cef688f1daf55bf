package io.blkwarden.agent.lease;

import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.lease.CommandGate.Verdict;
import io.blkwarden.agent.lease.Lease.LeaseLimit;
import io.blkwarden.agent.lease.WorkerPriorities.Restored;
import io.blkwarden.model.DeviceNumber;
import io.blkwarden.model.IoPriority;
import io.blkwarden.model.Restraint;
import io.blkwarden.model.Volume;
import io.blkwarden.model.Worker;
import io.blkwarden.model.message.Outcome.WorkerChange;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Starts a throttle in two steps: first all checks, then all changes.
 *
 * @param damaged earlier state of workers whose lease record was damaged
 */
record LeaseStart(WorkerPriorities workers, WorkerGroups groups, LeaseRecovery damaged) {
  /**
   * All workers are set.
   *
   * @param lease the lease with only the new priority or limit as its own
   * @param changes priorities before and after
   */
  record Started(Lease lease, List<WorkerChange> changes) {}

  /**
   * Checks all workers without changes.
   *
   * @return the lease to store before the first change; failed if a worker must not be changed
   */
  ReadResult<Lease> prepare(Verdict.Apply apply, String reason, long nowMillis) {
    Restraint request = apply.request().restraint();
    LeaseLimit limit = null;
    if (request instanceof Restraint.Limit(int perSecond)) {
      Optional<String> none = groups.limits().unavailable();
      if (none.isPresent()) {
        return ReadResult.failed("limits are unavailable: " + none.get());
      }
      ReadResult<DeviceNumber> whole =
          device(apply.disk().volume()).flatMap(groups.limits()::limited);
      if (!(whole instanceof ReadResult.Present<DeviceNumber>(DeviceNumber limited))) {
        return ReadResult.failed("limits are unavailable: " + whole.describe());
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
      ReadResult<LeasedWorker> checked = prepare(worker, earlier.get(worker.pid()), request);
      if (!(checked instanceof ReadResult.Present<LeasedWorker>(LeasedWorker ready))) {
        return checked.withoutValue();
      }
      leased.add(ready);
    }
    return ReadResult.present(
        new Lease(
            apply.request().lease(),
            apply.disk().domain(),
            apply.request().vdev(),
            request.priorityOrNull(),
            limit,
            nowMillis + apply.request().leaseMs(),
            reason,
            null,
            leased,
            apply.local() ? true : null));
  }

  /** The block device of a volume, or of the file system that has its image. */
  private ReadResult<DeviceNumber> device(Volume volume) {
    DeviceNumber device = volume.device();
    String path = volume.path();
    if (device != null) {
      return ReadResult.present(device);
    }
    return path == null ? ReadResult.absent("the disk's device") : groups.limits().below(path);
  }

  private ReadResult<LeasedWorker> prepare(
      Worker worker, @Nullable LeasedWorker before, Restraint request) {
    Optional<String> objection = workers.objection(worker.id(), worker.comm(), worker.kind());
    if (objection.isPresent()) {
      return ReadResult.failed(objection.get());
    }
    if (before != null && workers.takenOver(before)) {
      return ReadResult.failed(
          "pid %d: something else has changed its priority during the lease"
              .formatted(worker.pid()));
    }
    return (before == null ? workers.lease(worker) : ReadResult.present(before))
        .flatMap(current ->
            switch (request) {
              case Restraint.Priority(IoPriority priority) ->
                  ReadResult.present(current.expecting(priority));
              case Restraint.Limit _ -> groups.expecting(current);
            });
  }

  /** Changes all workers; if it fails, the lease's workers must be restored. */
  ReadResult<Started> carryOut(Lease lease) {
    LeaseLimit limit = lease.limit();
    IoPriority priority = lease.priority();
    if (limit != null) {
      return limit(lease, limit);
    }
    return priority == null
        ? ReadResult.failed("neither a priority nor a limit")
        : lower(lease, priority);
  }

  private ReadResult<Started> lower(Lease lease, IoPriority priority) {
    List<WorkerChange> changes = new ArrayList<>();
    List<LeasedWorker> settled = new ArrayList<>();
    for (LeasedWorker worker : lease.workers()) {
      ReadResult<WorkerChange> set = workers.set(worker, priority);
      if (!(set instanceof ReadResult.Present<WorkerChange>(WorkerChange change))) {
        return set.withoutValue();
      }
      changes.add(change);
      settled.add(worker.settled(priority));
    }
    Optional<String> stuck = lease.grouped() ? groups.leaveAll(lease) : Optional.empty();
    if (stuck.isPresent()) {
      return ReadResult.failed(stuck.get());
    }
    return ReadResult.present(new Started(lease.with(settled), changes));
  }

  /** Sets the limit, moves all workers, then restores a lower priority of an earlier step. */
  private ReadResult<Started> limit(Lease lease, LeaseLimit limit) {
    Optional<String> fault = groups.open(lease, limit).or(() -> groups.enterAll(lease));
    if (fault.isPresent()) {
      return ReadResult.failed(fault.get());
    }
    List<WorkerChange> changes = new ArrayList<>();
    List<LeasedWorker> settled = new ArrayList<>();
    for (LeasedWorker worker : lease.workers()) {
      ReadResult<Restored> restored = workers.restore(worker);
      if (!(restored instanceof ReadResult.Present<Restored>(Restored back))) {
        return restored.withoutValue();
      }
      changes.add(back.change());
      settled.add(worker.moved());
    }
    return ReadResult.present(new Started(lease.with(settled), changes));
  }
}
