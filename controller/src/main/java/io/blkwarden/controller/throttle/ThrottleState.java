package io.blkwarden.controller.throttle;

import io.blkwarden.model.Restraint;
import io.blkwarden.model.message.Alert;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The state of one throttle, from the first wish to the end of its lease: see {@code
 * docs/CONCEPTS.md}. Times are in ms on the monotonic clock.
 */
public sealed interface ThrottleState {
  /** A state without a lease. */
  sealed interface Unleased extends ThrottleState {}

  /** A state with a lease that the agent has, or may have. */
  sealed interface Leased extends ThrottleState {
    /** The lease. */
    Lease lease();

    /** What is known of its effect. */
    EffectCheck effect();
  }

  /** Nothing was decided yet. */
  record Idle() implements Unleased {}

  /**
   * Not throttled; evaluated again with each sample.
   *
   * @param refusal why not
   * @param wanted what would be set otherwise; absent when that is not known
   */
  record Refused(Refusal refusal, @Nullable Restraint wanted) implements Unleased {}

  /**
   * Not throttled because the policy is in shadow mode.
   *
   * @param wanted what would be set
   * @param skipped steps that were skipped and why; empty for none
   */
  record Shadow(Restraint wanted, String skipped) implements Unleased {}

  /** An operator must approve {@link Attempts#proposal()}. */
  record Proposed() implements Unleased {}

  /**
   * Not tried again before a time.
   *
   * @param untilMillis when the rest is over
   * @param why what ended the attempt before
   * @param failed whether that was a command that failed
   * @param awaitsMap whether a new map of the host ends the rest early
   * @param wanted what would be set; absent when that is not known
   */
  record Resting(
      long untilMillis, String why, boolean failed, boolean awaitsMap, @Nullable Restraint wanted)
      implements Unleased {}

  /**
   * Not tried again in this breach.
   *
   * @param end why
   * @param report what the last throttle changed
   */
  record Finished(Attempts.End end, EffectReport report) implements Unleased {}

  /**
   * Asked for; the agent may have set it already.
   *
   * @param before the window before the command
   * @param skipped steps that were skipped and why; empty for none
   * @param failure why no answer came; absent while one is awaited
   * @param retryMillis when to ask again after that
   */
  record Requested(
      Lease lease, WindowSums before, String skipped, @Nullable String failure, long retryMillis)
      implements Leased {
    @Override
    public EffectCheck effect() {
      return EffectCheck.NONE;
    }
  }

  /**
   * Set by the agent.
   *
   * @param probe the trial of a wider limit
   * @param hindrance why it is not renewed or not changed; absent when nothing hinders
   * @param escalateMillis not escalated before this time
   * @param remark how it came to this restraint; empty when there is nothing to say
   */
  record InForce(
      Lease lease,
      EffectCheck effect,
      LimitProbe probe,
      @Nullable Refusal hindrance,
      long escalateMillis,
      String remark)
      implements Leased {
    /** A lease found in a heartbeat. */
    public static InForce found(Lease lease) {
      return new InForce(lease, EffectCheck.NONE, LimitProbe.NONE, null, 0, "");
    }

    InForce with(EffectCheck checked) {
      return new InForce(lease, checked, probe, hindrance, escalateMillis, remark);
    }

    InForce with(Lease changed) {
      return new InForce(changed, effect, probe, hindrance, escalateMillis, remark);
    }

    InForce with(LimitProbe changed) {
      return new InForce(lease, effect, changed, hindrance, escalateMillis, remark);
    }

    InForce hindered(@Nullable Refusal by) {
      return new InForce(lease, effect, probe, by, escalateMillis, remark);
    }

    InForce escalateAt(long millis) {
      return new InForce(lease, effect, probe, hindrance, millis, remark);
    }
  }

  /**
   * Its breach is over; it goes down the ladder step by step.
   *
   * @param ladder of the policy whose breach is over
   * @param step where it is on the ladder
   * @param policy name of the policy
   * @param dueMillis when the next step is due
   */
  record SteppingDown(
      Lease lease,
      EffectCheck effect,
      List<Restraint> ladder,
      int step,
      String policy,
      long dueMillis)
      implements Leased {}

  /**
   * Its end was asked for.
   *
   * @param why it ends
   * @param requests how often that was asked
   */
  record Releasing(Lease lease, EffectCheck effect, String why, int requests) implements Leased {}

  /** Whether the agent is known to have set it. */
  default boolean inForce() {
    return this instanceof InForce || this instanceof SteppingDown;
  }

  /** Whether its host counts as throttled; a release that no answer came for ends that. */
  default boolean counts() {
    return switch (this) {
      case Unleased _ -> false;
      case Releasing releasing -> !releasing.effect().changesNothing() && releasing.requests() <= 1;
      case Leased held -> !held.effect().changesNothing();
    };
  }

  /** What would be set, or was; absent when that is not known. */
  default @Nullable Restraint wanted(Attempts attempts) {
    return switch (this) {
      case Refused refused -> refused.wanted();
      case Shadow shadow -> shadow.wanted();
      case Resting resting -> resting.wanted();
      case Proposed _ -> attempts.proposal() == null ? null : attempts.proposal().restraint();
      case Leased held -> held.lease().restraint();
      case Idle _, Finished _ -> null;
    };
  }

  /** What the last throttle changed. */
  default EffectReport report() {
    return switch (this) {
      case Refused(Refusal.Ineffective _, var _) -> new EffectReport(Alert.Effect.INEFFECTIVE, "");
      case Finished finished -> finished.report();
      case Leased held -> held.effect().report();
      case Idle _, Refused _, Shadow _, Proposed _, Resting _ -> EffectReport.NONE;
    };
  }
}
