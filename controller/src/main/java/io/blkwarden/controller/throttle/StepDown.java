package io.blkwarden.controller.throttle;

import io.blkwarden.controller.policy.Response;
import io.blkwarden.controller.throttle.ThrottleInputs.Times;
import io.blkwarden.controller.throttle.ThrottleState.InForce;
import io.blkwarden.controller.throttle.ThrottleState.Leased;
import io.blkwarden.controller.throttle.ThrottleState.Releasing;
import io.blkwarden.controller.throttle.ThrottleState.Requested;
import io.blkwarden.controller.throttle.ThrottleState.SteppingDown;
import io.blkwarden.model.Restraint;
import java.util.List;
import java.util.OptionalInt;

/**
 * The transitions of a throttle whose breach is over: down its ladder, then released.
 *
 * <p>A step that the device ignores is skipped. Each step has a short lease of its own, so that the
 * throttle ends even without a controller. A breach that begins meanwhile adopts the throttle.
 */
final class StepDown {
  /** How many steps' time the lease of each step runs. */
  private static final int LEASE_STEPS = 3;

  private static final int RELEASES_MAX = 5;

  private StepDown() {}

  /** The breach is over: takes the first step down, or releases the throttle. */
  static ThrottleState begin(Step step, Leased state, ThrottleEvent.BreachEnded by) {
    step.attempts = Attempts.NONE;
    return switch (state) {
      case InForce held when by.cleared() -> {
        List<Restraint> ladder = step.inputs.ladder();
        int at = ladder.indexOf(held.lease().restraint());
        yield down(step, held, ladder, at, by.policy(), by.why());
      }
      case InForce _, Requested _, SteppingDown _ -> release(step, state, by.policy(), by.why());
      case Releasing _ -> state;
    };
  }

  /** Takes the next step if it is due. */
  static ThrottleState due(Step step, SteppingDown now) {
    return now.lease().commands() == 0 && step.now() >= now.dueMillis()
        ? down(step, now, now.ladder(), now.step(), now.policy(), "the condition is still clear")
        : now;
  }

  private static ThrottleState down(
      Step step, Leased held, List<Restraint> ladder, int from, String policy, String reason) {
    OptionalInt below =
        step.inputs.canCommand() ? step.inputs.softerStep(ladder, from) : OptionalInt.empty();
    if (below.isEmpty()) {
      return release(step, held, policy, reason);
    }
    Restraint softer = ladder.get(below.getAsInt());
    Times times = step.inputs.times();
    long stepMillis = times.effectWindowMillis() + times.settleMillis();
    long leaseMillis = Math.max(Response.LEASE_MIN_MILLIS, LEASE_STEPS * stepMillis);
    Lease lease = step.set(CommandPurpose.MOVE, held.lease().lasting(leaseMillis, null), softer);
    String text = "%s: stepping down from %s to %s".formatted(reason, lease.restraint(), softer);
    step.record(Decision.Verdict.EASE, text, lease, policy, null);
    return new SteppingDown(
        lease, held.effect().closed(), ladder, below.getAsInt(), policy, step.now() + stepMillis);
  }

  private static ThrottleState release(Step step, Leased held, String policy, String reason) {
    Leased next = step.release(held, "policy " + policy + ": " + reason, reason);
    if (next instanceof Releasing) {
      step.record(Decision.Verdict.RELEASE, reason, held.lease(), policy, null);
    }
    return next;
  }

  /** Asks once more for the end of a lease; the decision is on record, like each command. */
  static ThrottleState releaseAgain(Step step, Releasing now) {
    boolean due =
        now.lease().commands() == 0 && now.requests() > 0 && now.requests() < RELEASES_MAX;
    if (!due || !step.inputs.canCommand()) {
      return now;
    }
    Leased next = step.release(now, now.lease().reason() + " (again)", now.why());
    step.record(
        Decision.Verdict.RELEASE,
        "release repeated: the host's agent has not confirmed it",
        now.lease());
    return next;
  }
}
