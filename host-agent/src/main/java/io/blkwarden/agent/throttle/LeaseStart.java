package io.blkwarden.agent.throttle;

import io.blkwarden.agent.probe.Reading;
import io.blkwarden.model.Worker;
import io.blkwarden.model.message.Outcome;
import io.blkwarden.model.message.Outcome.WorkerChange;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The two halves of setting a priority: all looks first, then all calls, and none half-way. */
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
   * @param lease with nothing but the new priority as ours
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
      WorkerPriorities workers, Verdict.Apply apply, String reason, long nowMillis) {
    Map<Integer, HeldWorker> custody =
        apply.held().stream()
            .flatMap(lease -> lease.workers().stream())
            .collect(Collectors.toMap(worker -> worker.id().pid(), Function.identity()));
    List<HeldWorker> held = new ArrayList<>();
    for (Worker worker : apply.disk().workers()) {
      Optional<String> objection = workers.objection(worker.id(), worker.comm());
      if (objection.isPresent()) {
        return new Refused(objection.get());
      }
      HeldWorker before = custody.get(worker.pid());
      if (before != null && workers.takenOver(before)) {
        return new Refused(
            "pid %d: someone else has changed its priority during the lease"
                .formatted(worker.pid()));
      }
      Reading<HeldWorker> hold = before == null ? workers.hold(worker) : Reading.present(before);
      if (!(hold instanceof Reading.Present<HeldWorker>(HeldWorker present))) {
        return new Refused("pid %d: %s".formatted(worker.pid(), hold.describe()));
      }
      held.add(present.expecting(apply.priority()));
    }
    return new Prepared(
        new Lease(
            apply.wish().lease(),
            apply.disk().domain(),
            apply.wish().vdev(),
            apply.priority(),
            nowMillis + apply.wish().leaseMs(),
            reason,
            null,
            held));
  }

  /** Sets every worker; stops at the first that fails. */
  static Result carryOut(WorkerPriorities workers, Lease lease) {
    List<WorkerChange> changes = new ArrayList<>();
    List<HeldWorker> settled = new ArrayList<>();
    for (HeldWorker worker : lease.workers()) {
      switch (workers.set(worker, lease.priority())) {
        case WorkerPriorities.Change.Done(Outcome.WorkerChange change) -> {
          changes.add(change);
          settled.add(worker.settled(lease.priority()));
        }
        case WorkerPriorities.Change.Failed(String cause) -> {
          return new Failed(cause);
        }
      }
    }
    return new Set(lease.with(settled), changes);
  }
}
