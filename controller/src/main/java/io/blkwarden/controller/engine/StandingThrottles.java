package io.blkwarden.controller.engine;

import io.blkwarden.controller.throttle.WindowSums;
import io.blkwarden.model.Restraint;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The rules by which a disk's throttle changes between standing policies and breaches. */
final class StandingThrottles {
  private StandingThrottles() {}

  /** Whether a standing throttle is a step of the policy's ladder, and not the last one. */
  static boolean yields(Throttle held, Evaluation to) {
    List<Restraint> ladder = to.policy.then().ladder();
    int step = ladder.indexOf(held.restraint);
    return held.owner != null
        && held.owner.policy.isStanding()
        && !to.policy.isStanding()
        && held.held()
        && held.pending == null
        && step >= 0
        && step < ladder.size() - 1;
  }

  /** The evaluation that takes over a throttle; a standing policy only if there is no breach. */
  static @Nullable Evaluation next(HostTracker tracker, Evaluation over) {
    Evaluation next = null;
    for (Evaluation other : tracker.evaluations.values()) {
      Breach breach = other.breach;
      if (breach != null
          && !breach.calm
          && !breach.done
          && other.disk.equals(over.disk)
          && other.mayAdopt()
          && (next == null || next.policy.isStanding())) {
        next = other;
      }
    }
    return next;
  }

  /** Ends the ownership of a policy that yields its throttle; whether there was one. */
  static boolean disown(Throttle held) {
    Breach breach = held.owner == null ? null : held.owner.breach;
    if (breach == null) {
      return false;
    }
    breach.throttle = null;
    breach.lastDecision = "";
    return true;
  }

  /** Prepares a throttle that a standing policy took over; its restraint is set again at once. */
  static void adopted(Throttle held, long nowMillis) {
    held.way = null;
    held.narrower = null;
    held.before = WindowSums.NONE;
    held.effectOpen = true;
    held.renewMillis = nowMillis;
  }

  /** The restraint that a renewal sets. */
  static Restraint wanted(Throttle held, Evaluation owner) {
    return owner.policy.isStanding() ? owner.policy.then().ladder().getFirst() : held.restraint;
  }
}
