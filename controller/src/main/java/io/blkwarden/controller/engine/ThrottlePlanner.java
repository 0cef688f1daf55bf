package io.blkwarden.controller.engine;

import io.blkwarden.controller.policy.Mode;
import io.blkwarden.controller.throttle.Attempts;
import io.blkwarden.controller.throttle.Lease;
import io.blkwarden.controller.throttle.ThrottleEvent;
import io.blkwarden.controller.throttle.ThrottleState;
import io.blkwarden.model.DiskKey;
import io.blkwarden.model.Restraint;
import java.util.List;

/** Brings breaches and throttles together: a disk has several breaches, but one throttle. */
record ThrottlePlanner(EngineState engine, Throttles throttles) {
  /** Evaluates the throttle of a breach after each sample. */
  void drive(HostTracker tracker, Evaluation evaluation) {
    Breach breach = evaluation.breach;
    if (breach == null
        || breach.calm
        || evaluation.policy.mode() == Mode.OBSERVE
        || evaluation.policy.then().ladder().isEmpty()) {
      return;
    }
    Throttle held = engine.throttles.of(tracker.host(), evaluation.disk);
    Lease lease = held == null ? null : held.lease();
    if (held != null && lease != null && held != breach.throttle && evaluation.detector.acts()) {
      boolean found = held.owner == null && lease.operator() == null && held.state.inForce();
      boolean free = found || yields(held, lease, evaluation);
      if (!free || !mayAdopt(evaluation, breach, evaluation.disk)) {
        String whose =
            lease.operator() != null
                ? "by " + lease.operator()
                : held.owner != null ? "by another policy" : "by a lease found on the host";
        throttles.apply(breach.throttle, new ThrottleEvent.DiskThrottled(lease.id(), whose));
        return;
      }
      adopt(evaluation, breach, held);
    }
    throttles.apply(breach.throttle, new ThrottleEvent.Evaluated());
  }

  private static boolean mayAdopt(Evaluation evaluation, Breach breach, DiskKey disk) {
    return !breach.calm
        && !(breach.throttle.state instanceof ThrottleState.Finished)
        && breach.throttle.attempts.end() == null
        && evaluation.disk.equals(disk)
        && evaluation.mayAdopt();
  }

  /** Whether a standing throttle is a step of the policy's ladder, and not the last one. */
  private static boolean yields(Throttle held, Lease lease, Evaluation to) {
    List<Restraint> ladder = to.policy.then().ladder();
    int step = ladder.indexOf(lease.restraint());
    return held.owner != null
        && held.owner.policy.isStanding()
        && !to.policy.isStanding()
        && held.state.inForce()
        && lease.commands() == 0
        && step >= 0
        && step < ladder.size() - 1;
  }

  private void adopt(Evaluation evaluation, Breach breach, Throttle held) {
    Evaluation owner = held.owner;
    Breach former = owner == null ? null : owner.breach;
    if (owner != null && former != null) { // a standing policy yields it
      former.throttle = Throttle.of(held.host, owner);
    }
    held.owner = evaluation;
    held.attempts = breach.throttle.attempts;
    breach.throttle = held;
    throttles.apply(held, new ThrottleEvent.Adopted(former != null));
  }

  /** Gives the throttle of a breach that is over to another breach of the disk, or ends it. */
  void hand(HostTracker tracker, Evaluation over, Throttle held, AlertPublisher.Ending ending) {
    held.owner = null;
    Evaluation next = null;
    for (Evaluation other : tracker.evaluations.values()) {
      Breach breach = other.breach;
      if (breach != null
          && mayAdopt(other, breach, over.disk)
          && (next == null || next.policy.isStanding())) { // breaches before standing policies
        next = other;
      }
    }
    if (next != null && next.breach != null) {
      adopt(next, next.breach, held);
      return;
    }
    held.attempts = Attempts.NONE;
    boolean cleared = ending == AlertPublisher.Ending.CLEARED;
    throttles.apply(held, new ThrottleEvent.BreachEnded(ending.sentence(), cleared), over, null);
  }
}
