package io.blkwarden.controller.throttle;

import io.blkwarden.controller.policy.Mode;
import io.blkwarden.controller.throttle.ThrottleInputs.Times;
import io.blkwarden.controller.throttle.ThrottleState.Finished;
import io.blkwarden.controller.throttle.ThrottleState.Idle;
import io.blkwarden.controller.throttle.ThrottleState.Proposed;
import io.blkwarden.controller.throttle.ThrottleState.Refused;
import io.blkwarden.controller.throttle.ThrottleState.Requested;
import io.blkwarden.controller.throttle.ThrottleState.Resting;
import io.blkwarden.controller.throttle.ThrottleState.Shadow;
import io.blkwarden.controller.throttle.ThrottleState.Unleased;
import io.blkwarden.model.Restraint;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The transitions of a breached disk that has no throttle in force. */
final class Planning {
  private Planning() {}

  /** Decides whether to throttle. */
  static ThrottleState plan(Step step, Unleased state) {
    ThrottleInputs inputs = step.inputs;
    if (rests(step, state)) {
      return state;
    }
    if (!inputs.mayAct()) {
      return refuse(step, state, Refusal.Plain.ONLY_WARNED, null);
    }
    if (!inputs.overThreshold()) { // a breach takes its time to clear: what is over is left alone
      return state instanceof Idle || state instanceof Resting
          ? refuse(step, state, Refusal.Plain.BELOW_THRESHOLD, null)
          : state;
    }
    return switch (inputs.nextStep(step.attempts.step())) {
      case Ladder.Next.Ineffective(String note) ->
          refuse(step, state, new Refusal.Ineffective(note), null);
      case Ladder.Next.Exhausted(String note) ->
          refuse(step, state, new Refusal.Exhausted(note), null);
      case Ladder.Next.Available next -> plan(step, state, next);
    };
  }

  private static ThrottleState plan(Step step, Unleased state, Ladder.Next.Available next) {
    ThrottleInputs inputs = step.inputs;
    Optional<Refusal> unsafe = inputs.safetyRefusal();
    if (unsafe.isPresent()) {
      return refuse(step, state, unsafe.get(), null);
    }
    Restraint restraint = next.restraint();
    if (inputs.mode() == Mode.SHADOW) {
      if (!(state instanceof Shadow)) {
        String text = ThrottleText.join("%s would be set".formatted(restraint), next.note());
        step.record(Decision.Verdict.SHADOW, text, null);
      }
      return new Shadow(restraint, next.note());
    }
    Optional<Refusal> hindered = inputs.commandRefusal();
    if (hindered.isPresent()) {
      return refuse(step, state, hindered.get(), restraint);
    }
    Attempts before = step.attempts;
    Optional<Refusal> unapproved = step.approval(restraint);
    if (unapproved.isEmpty()) {
      return request(step, next);
    }
    if (unapproved.get() instanceof Refusal.NotApproved late) {
      step.record(late, null);
      return new Resting(step.now() + Times.REST_MILLIS, late.text(), false, false, restraint);
    }
    if (!(state instanceof Proposed) || !step.attempts.equals(before)) {
      step.record(unapproved.get(), null);
    }
    return new Proposed();
  }

  private static ThrottleState request(Step step, Ladder.Next.Available next) {
    ThrottleInputs inputs = step.inputs;
    Lease lease =
        Lease.of(inputs.newId(), inputs.reason(), null, next.restraint(), inputs.leaseMillis());
    lease = step.set(CommandPurpose.START, lease, next.restraint());
    long from = step.now() - inputs.times().effectWindowMillis();
    step.attempts = step.attempts.atStep(next.index());
    String text = ThrottleText.join("%s requested".formatted(next.restraint()), next.note());
    step.record(Decision.Verdict.ACT, text, lease);
    WindowSums before =
        inputs.standing() == null ? inputs.window(from, step.now()) : WindowSums.NONE;
    return new Requested(lease, before, next.note(), null, 0);
  }

  /** Asks again for a lease that no answer came for. */
  static ThrottleState again(Step step, Requested state) {
    ThrottleInputs inputs = step.inputs;
    Lease lease = state.lease();
    if (!inputs.mayAct() || lease.commands() > 0) {
      return state;
    }
    if (inputs.isProtected()) {
      return step.end(state, "released: the protect list names the disk");
    }
    if (step.attempts.end() != null
        || step.now() < state.retryMillis()
        || inputs.renewalRefusal().isPresent()) {
      return state;
    }
    lease = step.set(CommandPurpose.START, lease, lease.restraint());
    step.record(Decision.Verdict.ACT, "%s requested again".formatted(lease.restraint()), lease);
    return new Requested(lease, state.before(), state.skipped(), null, 0);
  }

  /** The disk has a throttle that is not this breach's. */
  static ThrottleState taken(Step step, Unleased state, ThrottleEvent.DiskThrottled by) {
    return rests(step, state)
        ? state
        : refuse(step, state, new Refusal.AlreadyThrottled(by.lease(), by.whose()), null);
  }

  private static boolean rests(Step step, Unleased state) {
    return state instanceof Finished
        || (state instanceof Resting rest && step.now() < rest.untilMillis());
  }

  private static ThrottleState refuse(
      Step step, Unleased state, Refusal refusal, @Nullable Restraint wanted) {
    if (state instanceof Refused(Refusal before, var _) && refusal.sameAs(before)) {
      return state;
    }
    step.record(refusal, null);
    return new Refused(refusal, wanted);
  }
}
