package io.blkwarden.controller.throttle;

import io.blkwarden.controller.policy.ClearRule;
import io.blkwarden.controller.throttle.ThrottleInputs.Times;
import io.blkwarden.model.Restraint;
import io.blkwarden.model.message.Alert;

/**
 * The evaluation of a throttle's effect: what is measured, when, and what was found. Times are in
 * ms on the monotonic clock.
 *
 * <p>An undecided effect is evaluated again a window later, and after {@value #CHECKS_SOON} times
 * more rarely. One that worked is re-evaluated from time to time and must be contradicted {@value
 * #DOUBTS} times in a row: other guests' load is not its fault. A swap disk is re-evaluated more
 * often, because its guest waits for memory meanwhile.
 *
 * @param before the window before the first command; {@link WindowSums#NONE} when unknown
 * @param open whether the effect is still to be evaluated
 * @param setMillis when the restraint was set
 * @param dueMillis when the next evaluation is due
 * @param checks evaluations since the restraint was set
 * @param doubts evaluations in a row that contradict the report
 * @param changesNothing whether the throttle changes nothing now, so that its host does not count
 *     against the limit of throttled hosts
 * @param report what was found
 */
public record EffectCheck(
    WindowSums before,
    boolean open,
    long setMillis,
    long dueMillis,
    int checks,
    int doubts,
    boolean changesNothing,
    EffectReport report) {
  static final int CHECKS_SOON = 6;
  static final int DOUBTS = 2;

  /** No effect is evaluated. */
  public static final EffectCheck NONE = pending(WindowSums.NONE, false, 0, 0);

  private static EffectCheck pending(WindowSums before, boolean open, long set, long due) {
    return new EffectCheck(before, open, set, due, 0, 0, false, EffectReport.NONE);
  }

  /** The restraint was set just now. */
  static EffectCheck begun(WindowSums before, ThrottleInputs inputs) {
    long now = inputs.nowMillis();
    long due = now + inputs.times().settleMillis() + inputs.times().effectWindowMillis();
    return pending(before, measurable(before, inputs), now, due);
  }

  /** Of a standing throttle only whether it changes anything is evaluated. */
  private static boolean measurable(WindowSums before, ThrottleInputs inputs) {
    return before.samples() > 0 || inputs.standing() != null;
  }

  /** The same, due again later, as far as it can be evaluated. */
  EffectCheck retried(ThrottleInputs inputs) {
    long due = inputs.nowMillis() + inputs.times().effectWindowMillis();
    return dueAt(due, measurable(before, inputs));
  }

  boolean due(long nowMillis) {
    return open && nowMillis >= dueMillis;
  }

  /** The same, due at another time. */
  EffectCheck dueAt(long millis, boolean opened) {
    return new EffectCheck(
        before, opened, setMillis, millis, checks, doubts, changesNothing, report);
  }

  /** The same, not evaluated any more. */
  EffectCheck closed() {
    return dueAt(dueMillis, false);
  }

  /** The same while the next step has to wait: this one changes nothing meanwhile. */
  EffectCheck stuck(long due) {
    return new EffectCheck(before, true, setMillis, due, checks, doubts, true, report);
  }

  /** Evaluates the effect now. */
  EffectCheck evaluate(Restraint restraint, ThrottleInputs inputs) {
    long now = inputs.nowMillis();
    Times times = inputs.times();
    long window = times.effectWindowMillis();
    WindowSums after = inputs.window(Math.max(setMillis + times.settleMillis(), now - window), now);
    if (before.samples() == 0) { // adopted or standing: the load before is unknown
      boolean little = inputs.standing() != null && after.ownUtil() < ClearRule.BACKLOG_UTIL;
      boolean idle = idle(restraint, after, little || EffectEvaluator.alone(after, window));
      return new EffectCheck(before, open, setMillis, now + window, checks, doubts, idle, report);
    }
    EffectEvaluator.Judgement found =
        switch (restraint) {
          case Restraint.Priority _ -> EffectEvaluator.judge(before, after, window);
          case Restraint.Limit _ -> EffectEvaluator.judgeLimit(before, after, window);
        };
    boolean contradicts =
        found.effect() == Alert.Effect.HARMED || found.effect() == Alert.Effect.NO_EFFECT;
    boolean nothing =
        switch (found.effect()) {
          case UNKNOWN -> idle(restraint, after, found.idle());
          case WORKED -> false;
          case NO_EFFECT, HARMED, INEFFECTIVE -> changesNothing; // changed or ended for that
        };
    int doubtsNow = contradicts ? doubts + 1 : 0;
    boolean undecided = found.effect() == Alert.Effect.UNKNOWN && checks + 1 < CHECKS_SOON;
    boolean soon = report.worked() ? doubtsNow > 0 : undecided;
    long rest = inputs.swap() ? Times.REJUDGE_SWAP_MILLIS : Times.REJUDGE_MILLIS;
    boolean kept = report.worked() && doubtsNow < DOUBTS;
    boolean stays = kept ? open : !contradicts;
    long due = now + (soon ? window : rest);
    EffectReport next = kept ? report : EffectReport.of(found, before, after);
    return new EffectCheck(before, stays, setMillis, due, checks + 1, doubtsNow, nothing, next);
  }

  /** A priority has no effect without competition; a limit has one while it is used. */
  private static boolean idle(Restraint restraint, WindowSums after, boolean idle) {
    return switch (restraint) {
      case Restraint.Priority _ -> idle;
      case Restraint.Limit limit ->
          idle
              && ClearRule.ofLimit(limit, after.ownIos(), 0, after.ownUtil())
                  == ClearRule.Verdict.CLEAR;
    };
  }
}
