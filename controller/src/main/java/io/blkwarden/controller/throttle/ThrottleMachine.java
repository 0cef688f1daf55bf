package io.blkwarden.controller.throttle;

import io.blkwarden.controller.throttle.ThrottleState.Finished;
import io.blkwarden.controller.throttle.ThrottleState.Idle;
import io.blkwarden.controller.throttle.ThrottleState.InForce;
import io.blkwarden.controller.throttle.ThrottleState.Leased;
import io.blkwarden.controller.throttle.ThrottleState.Releasing;
import io.blkwarden.controller.throttle.ThrottleState.Requested;
import io.blkwarden.controller.throttle.ThrottleState.Resting;
import io.blkwarden.controller.throttle.ThrottleState.SteppingDown;
import io.blkwarden.controller.throttle.ThrottleState.Unleased;
import java.util.List;

/** The state machine of a throttle: the only place where its state changes. */
public final class ThrottleMachine {
  private ThrottleMachine() {}

  /**
   * The outcome of a transition.
   *
   * @param effects what is to be done, in order
   */
  public record Transition(ThrottleState state, Attempts attempts, List<ThrottleEffect> effects) {}

  /** The next state, and what is to be done. */
  public static Transition next(
      ThrottleState state, Attempts attempts, ThrottleEvent event, ThrottleInputs inputs) {
    Step step = new Step(attempts, inputs);
    ThrottleState next =
        switch (state) {
          case Unleased free -> withoutLease(step, free, event);
          case Leased held -> withLease(step, held, event);
        };
    return new Transition(next, step.attempts, step.effects);
  }

  private static ThrottleState withoutLease(Step step, Unleased state, ThrottleEvent event) {
    return switch (event) {
      case ThrottleEvent.Evaluated _ -> Planning.plan(step, state);
      case ThrottleEvent.DiskThrottled taken -> Planning.taken(step, state, taken);
      case ThrottleEvent.OperatorSet set -> {
        Lease lease =
            Lease.of(
                step.inputs.newId(), set.reason(), set.by(), set.restraint(), set.leaseMillis());
        yield new Requested(
            step.set(CommandPurpose.START, lease, set.restraint()), WindowSums.NONE, "", null, 0);
      }
      case ThrottleEvent.OperatorReleased released -> {
        Attempts.End end = step.released(released);
        boolean stays =
            state instanceof Finished(Attempts.End was, var _)
                && released.all()
                && was.kind() != Attempts.End.Kind.RELEASED_ALL;
        yield stays ? state : new Finished(end, EffectReport.NONE);
      }
      case ThrottleEvent.Approved approved -> step.approved(state, approved);
      case ThrottleEvent.Denied denied -> {
        step.attempts = step.attempts.proposing(null);
        step.effects.add(new ThrottleEffect.RefreshAlert());
        yield new Finished(Step.denied(denied), EffectReport.NONE);
      }
      case ThrottleEvent.Resumed _ -> {
        boolean again =
            state instanceof Finished(Attempts.End end, var _)
                && end.kind() == Attempts.End.Kind.RELEASED_ALL;
        step.attempts = again ? Attempts.NONE : step.attempts;
        yield again ? new Idle() : state;
      }
      case ThrottleEvent.MapReceived _ ->
          state instanceof Resting rest && rest.awaitsMap()
              ? new Resting(step.now(), rest.why(), rest.failed(), false, rest.wanted())
              : state;
      case ThrottleEvent.OfLease _ -> state;
    };
  }

  private static ThrottleState withLease(Step step, Leased state, ThrottleEvent event) {
    return switch (event) {
      case ThrottleEvent.Evaluated _ -> evaluated(step, state);
      case ThrottleEvent.Adopted by -> adopted(step, state, by.yielded());
      case ThrottleEvent.BreachEnded ended -> StepDown.begin(step, state, ended);
      case ThrottleEvent.Applied applied -> LeaseAnswers.applied(step, state, applied);
      case ThrottleEvent.Rejected rejected -> LeaseAnswers.rejected(step, state, rejected);
      case ThrottleEvent.Unanswered lost -> LeaseAnswers.unanswered(step, state, lost);
      case ThrottleEvent.LeaseEnded ended -> LeaseAnswers.ended(step, state, ended);
      case ThrottleEvent.Reported reported -> LeaseAnswers.reported(step, state, reported);
      case ThrottleEvent.Ticked _ -> ticked(step, state);
      case ThrottleEvent.OperatorSet set -> operatorSet(step, state, set);
      case ThrottleEvent.OperatorReleased released -> {
        Attempts.End end = step.released(released);
        step.attempts = step.attempts.ending(end);
        yield released.all()
            ? new Releasing(state.lease(), state.effect(), end.text(), 1)
            : step.release(state, released.reason(), end.text());
      }
      case ThrottleEvent.Approved approved -> step.approved(state, approved);
      case ThrottleEvent.Denied denied -> {
        step.attempts = step.attempts.proposing(null).ending(Step.denied(denied));
        step.effects.add(new ThrottleEffect.RefreshAlert());
        yield state;
      }
      case ThrottleEvent.Resumed _ -> {
        Attempts.End end = step.attempts.end();
        if (end != null && end.kind() == Attempts.End.Kind.RELEASED_ALL) {
          step.attempts = Attempts.NONE;
        }
        yield state;
      }
      case ThrottleEvent.DiskThrottled _, ThrottleEvent.MapReceived _ -> state;
    };
  }

  private static ThrottleState evaluated(Step step, Leased state) {
    return switch (state) {
      case Requested requested -> Planning.again(step, requested);
      case InForce held -> Keeping.keep(step, held);
      case SteppingDown _, Releasing _ -> state;
    };
  }

  /** The lease serves a breach from now on. */
  private static ThrottleState adopted(Step step, Leased state, boolean yielded) {
    ThrottleInputs inputs = step.inputs;
    Lease lease = state.lease().lasting(inputs.leaseMillis(), null);
    lease = lease.renewAt(lease.endsMillis() - lease.leaseMillis() / 2);
    int at = inputs.ladder().indexOf(lease.restraint());
    step.attempts = step.attempts.atStep(Math.max(0, at));
    String remark = "adopted the throttle that is in force already";
    step.record(Decision.Verdict.RENEW, remark, lease);
    long window = inputs.times().effectWindowMillis();
    if (inputs.standing() != null && state.inForce()) { // its restraint is set again at once
      EffectCheck effect = EffectCheck.NONE.dueAt(step.now() + window, true);
      Lease due = lease.renewAt(step.now());
      return new InForce(due, effect, LimitProbe.NONE, null, 0, remark);
    }
    return switch (state) {
      case InForce held when !yielded -> {
        EffectCheck effect = held.effect();
        // what was before is not known, only whether it holds anything back
        effect = effect.before().samples() == 0 ? effect.dueAt(step.now() + window, true) : effect;
        yield new InForce(lease, effect, held.probe(), null, 0, remark);
      }
      case InForce _, SteppingDown _ -> { // whether it is enough here has to be evaluated again
        WindowSums before = inputs.window(step.now() - window, step.now());
        EffectCheck effect = EffectCheck.begun(before, inputs);
        yield new InForce(lease, effect, LimitProbe.NONE, null, 0, remark);
      }
      case Requested _, Releasing _ -> LeaseAnswers.with(state, lease);
    };
  }

  /** An operator's restraint replaces a policy's until that throttle ends. */
  private static ThrottleState operatorSet(Step step, Leased state, ThrottleEvent.OperatorSet set) {
    step.attempts = Attempts.NONE;
    Lease lease =
        step.set(
            CommandPurpose.MOVE,
            state.lease().lasting(set.leaseMillis(), set.by()),
            set.restraint());
    return switch (state) {
      case Requested _ -> new Requested(lease, WindowSums.NONE, "", null, 0);
      case InForce _, SteppingDown _ ->
          new InForce(lease, EffectCheck.NONE, LimitProbe.NONE, null, 0, "");
      case Releasing releasing -> releasing; // refused before
    };
  }

  private static ThrottleState ticked(Step step, Leased state) {
    if (step.now() > state.lease().endsMillis() + Step.LEASE_GRACE_MILLIS) {
      return LeaseAnswers.over(step, state, "the lease expired", false);
    }
    return switch (state) {
      case SteppingDown down -> StepDown.due(step, down);
      case Releasing releasing -> StepDown.releaseAgain(step, releasing);
      case Requested _, InForce _ -> state;
    };
  }
}
