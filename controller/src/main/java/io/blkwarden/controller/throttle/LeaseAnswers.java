package io.blkwarden.controller.throttle;

import io.blkwarden.controller.throttle.ThrottleInputs.Times;
import io.blkwarden.controller.throttle.ThrottleState.Finished;
import io.blkwarden.controller.throttle.ThrottleState.InForce;
import io.blkwarden.controller.throttle.ThrottleState.Leased;
import io.blkwarden.controller.throttle.ThrottleState.Releasing;
import io.blkwarden.controller.throttle.ThrottleState.Requested;
import io.blkwarden.controller.throttle.ThrottleState.Resting;
import io.blkwarden.controller.throttle.ThrottleState.SteppingDown;
import io.blkwarden.model.Restraint;
import io.blkwarden.model.message.Alert;
import org.jspecify.annotations.Nullable;

/** The transitions that answers, heartbeats and the end of a lease cause. */
final class LeaseAnswers {
  /** How often a breach's throttle may be undone by others before no more is tried. */
  private static final int UNDONE_MAX = 2;

  private static final long UNDONE_REST_MILLIS = 60_000;
  private static final long YOUNG_MILLIS = 10_000;
  private static final int BEATS_WITHOUT_MAX = 2;

  private LeaseAnswers() {}

  static ThrottleState applied(Step step, Leased state, ThrottleEvent.Applied by) {
    Lease lease = state.lease().applied(by, step.now());
    boolean changed = by.purpose() != CommandPurpose.RENEW;
    if (changed) {
      step.attempts = step.attempts.failed(0).proposing(null); // carried out
    }
    if (by.purpose() == CommandPurpose.MOVE) {
      int at = step.inputs.ladder().indexOf(lease.restraint());
      step.attempts = at < 0 ? step.attempts : step.attempts.atStep(at);
    }
    step.effects.add(new ThrottleEffect.RefreshAlert());
    return switch (state) {
      case Requested now -> {
        EffectCheck effect = EffectCheck.begun(now.before(), step.inputs);
        yield new InForce(lease, effect, LimitProbe.NONE, null, 0, now.skipped());
      }
      case InForce now -> {
        if (!changed) {
          yield now.with(lease);
        }
        boolean climbed = now.effect().report().effect() == Alert.Effect.NO_EFFECT;
        String remark =
            climbed && by.purpose() == CommandPurpose.MOVE
                ? now.lease().restraint() + " had no effect"
                : "";
        EffectCheck effect = EffectCheck.begun(now.effect().before(), step.inputs);
        yield new InForce(lease, effect, now.probe(), null, 0, remark);
      }
      case SteppingDown _, Releasing _ -> with(state, lease);
    };
  }

  static ThrottleState rejected(Step step, Leased before, ThrottleEvent.Rejected by) {
    Leased state = answered(before);
    if (by.mapStale()) {
      step.effects.add(new ThrottleEffect.RequestMap());
    }
    return switch (by.purpose()) {
      case START -> abandoned(step, state, by.why(), by.mapStale());
      case MOVE, RENEW ->
          by.failed()
              ? abandoned(step, state, by.why(), false)
              : unchanged(step, state, by.purpose(), by.restraint(), by.why());
      case RELEASE, RELEASE_ALL -> state;
    };
  }

  /** The lease was not set; its breach tries again after a rest. */
  private static ThrottleState abandoned(Step step, Leased state, String why, boolean mapStale) {
    long until = step.failed(); // longer each time
    boolean awaitsMap = mapStale && step.attempts.failures() > 0;
    Resting rest = new Resting(until, why, true, awaitsMap, state.lease().restraint());
    step.effects.add(new ThrottleEffect.RefreshAlert());
    return ended(step, rest, EffectReport.NONE);
  }

  /** The end that was decided while the lease lasted, or what follows otherwise. */
  private static ThrottleState ended(Step step, ThrottleState otherwise, EffectReport report) {
    Attempts.End end = step.attempts.end();
    step.attempts = step.attempts.ending(null);
    return end == null ? otherwise : new Finished(end, report);
  }

  /** The throttle stays as it is; after some tries it is left there. */
  private static ThrottleState unchanged(
      Step step, Leased state, CommandPurpose purpose, @Nullable Restraint restraint, String why) {
    if (!(state instanceof InForce held)) {
      return state;
    }
    Lease lease =
        held.lease().renewAt(step.now() + Math.max(1_000, held.lease().leaseMillis() / 8));
    InForce next = held.with(lease).with(held.effect().retried(step.inputs));
    if (purpose != CommandPurpose.MOVE || restraint == null) {
      return next;
    }
    step.attempts = step.attempts.failed(step.attempts.failures() + 1);
    step.effects.add(new ThrottleEffect.RefreshAlert());
    if (step.attempts.failures() >= Times.ATTEMPTS) {
      next = next.with(next.effect().closed());
    }
    return next.hindered(new Refusal.NotSet(restraint, why));
  }

  static ThrottleState unanswered(Step step, Leased before, ThrottleEvent.Unanswered by) {
    Leased state = answered(before);
    return switch (by.purpose()) {
      case START -> {
        if (!(state instanceof Requested now)) {
          yield state;
        }
        // it may be held all the same: it counts, and is released, until the host says otherwise
        String why = "no answer from the host's agent: " + by.why();
        long retry = step.failed();
        step.effects.add(new ThrottleEffect.RefreshAlert());
        Lease lease = now.lease().since(step.now());
        yield new Requested(lease, now.before(), now.skipped(), why, retry);
      }
      case MOVE, RENEW -> unchanged(step, state, by.purpose(), by.restraint(), by.why());
      case RELEASE, RELEASE_ALL -> state;
    };
  }

  private static Leased answered(Leased state) {
    return with(state, state.lease().answered());
  }

  /** The same state with another lease. */
  static Leased with(Leased state, Lease lease) {
    return switch (state) {
      case Requested now ->
          new Requested(lease, now.before(), now.skipped(), now.failure(), now.retryMillis());
      case InForce now -> now.with(lease);
      case SteppingDown now ->
          new SteppingDown(
              lease, now.effect(), now.ladder(), now.step(), now.policy(), now.dueMillis());
      case Releasing now -> new Releasing(lease, now.effect(), now.why(), now.requests());
    };
  }

  static ThrottleState ended(Step step, Leased state, ThrottleEvent.LeaseEnded by) {
    boolean releasing = state instanceof Releasing;
    if (by.answerTo() == null) {
      if (state.lease().setAt() != null && by.at().isBefore(state.lease().setAt())) {
        return state; // reported by an earlier run of the agent; heartbeats correct it if it is so
      }
      if (!releasing
          && state.lease().commands() > 0
          && by.cause() == ThrottleEvent.LeaseEnded.Cause.RECOVERED) {
        return state; // the restarted agent may still carry the command out: its answer decides
      }
    }
    boolean asked = by.answerTo() == CommandPurpose.RELEASE || (by.answerTo() == null && releasing);
    if (asked || step.attempts.end() != null) {
      return over(step, state, "the lease ended: " + by.detail(), asked);
    }
    return switch (by.cause()) {
      case UNDONE -> undone(step, by.detail());
      case RELEASED -> { // someone on the host ended it: it is not set again at once
        step.effects.add(new ThrottleEffect.RefreshAlert());
        String why = "the lease ended: " + by.detail();
        yield new Finished(
            new Attempts.End(Attempts.End.Kind.RELEASED_ON_HOST, why), EffectReport.NONE);
      }
      case EXPIRED, RECOVERED -> over(step, state, "the lease ended: " + by.detail(), false);
    };
  }

  /**
   * Others on the host want another priority there. It is tried once more after a rest, on the same
   * step, because nothing is known of that step's effect.
   */
  private static ThrottleState undone(Step step, String detail) {
    step.attempts = step.attempts.undoneOnce();
    step.effects.add(new ThrottleEffect.RefreshAlert());
    boolean again = step.attempts.undone() < UNDONE_MAX;
    String next =
        again
            ? "next attempt in %d s".formatted(UNDONE_REST_MILLIS / 1_000)
            : "no further attempt: stop what changes it, such as xenopsd's disk QoS";
    String why = "something else on the host undid the throttle (%s); %s".formatted(detail, next);
    return again
        ? new Resting(step.now() + UNDONE_REST_MILLIS, why, false, false, null)
        : new Finished(new Attempts.End(Attempts.End.Kind.UNDONE, why), EffectReport.NONE);
  }

  /** The lease is over. */
  static ThrottleState over(Step step, Leased state, String why, boolean asked) {
    step.effects.add(new ThrottleEffect.RefreshAlert());
    String cause = asked && state instanceof Releasing releasing ? releasing.why() : why;
    Resting rest = new Resting(step.now(), cause, false, false, null);
    // a lease that ended by itself has no effect any more
    return ended(step, rest, asked ? state.effect().report() : EffectReport.NONE);
  }

  static ThrottleState reported(Step step, Leased state, ThrottleEvent.Reported by) {
    Lease lease = state.lease();
    boolean settled = lease.commands() == 0 && step.now() - lease.sinceMillis() > YOUNG_MILLIS;
    int missed = by.listed() || !settled ? 0 : lease.missedBeats() + 1;
    // another controller may have renewed it: it counts for as long as the host has it
    long ends = by.listed() ? step.now() + by.remainingMillis() : 0;
    return missed >= BEATS_WITHOUT_MAX
        ? over(step, state, "the host's agent no longer reports it", state instanceof Releasing)
        : with(state, lease.reported(missed, ends));
  }
}
