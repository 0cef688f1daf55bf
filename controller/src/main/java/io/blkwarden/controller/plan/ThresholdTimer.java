package io.blkwarden.controller.plan;

import io.blkwarden.controller.policy.Threshold;

/**
 * How long a disk has been above a policy's level, or below its clear level; mutable.
 *
 * <p>Time is that of the windows measured, so what was not measured neither raises nor clears: an
 * unknown value holds both timers where they are.
 */
public final class ThresholdTimer {
  private final Threshold when;
  private long aboveMillis;
  private long belowMillis;
  private boolean breached;

  /** Starts a timer that has seen nothing. */
  public ThresholdTimer(Threshold when) {
    this.when = when;
  }

  /** What a sample changed. */
  public enum Change {
    /** Never above, and not now either: the timer may be thrown away. */
    QUIET,
    /** Nothing that anyone need know. */
    NONE,
    /** The condition has held long enough. */
    BREACHED,
    /** It has been over for long enough. */
    CLEARED
  }

  /**
   * Takes the value of one window.
   *
   * @param value in the metric's unit; {@link Double#NaN} when it is unknown
   * @param gateHolds whether the policy's other conditions hold; false when that is unknown
   * @param mayClear whether a low value means that the cause is gone (see {@link ClearRule})
   * @param windowMillis length of the window
   */
  public Change observe(
      double value, boolean gateHolds, ClearRule.Verdict mayClear, long windowMillis) {
    if (Double.isNaN(value) || windowMillis <= 0) {
      return Change.NONE;
    }
    return breached
        ? whileBreached(value, mayClear, windowMillis)
        : before(value, gateHolds, windowMillis);
  }

  private Change before(double value, boolean gateHolds, long windowMillis) {
    if (!(value > when.above())) {
      aboveMillis = 0;
      return Change.QUIET;
    }
    aboveMillis += windowMillis;
    if (aboveMillis >= when.forMillis() && gateHolds) {
      breached = true;
      belowMillis = 0;
      return Change.BREACHED;
    }
    return Change.NONE;
  }

  private Change whileBreached(double value, ClearRule.Verdict mayClear, long windowMillis) {
    if (mayClear == ClearRule.Verdict.UNKNOWN) {
      return Change.NONE;
    }
    if (!(value < when.clearBelow()) || mayClear == ClearRule.Verdict.BACKLOGGED) {
      belowMillis = 0;
      aboveMillis += windowMillis;
      return Change.NONE;
    }
    belowMillis += windowMillis;
    if (belowMillis >= when.clearForMillis()) {
      breached = false;
      aboveMillis = 0;
      return Change.CLEARED;
    }
    return Change.NONE;
  }

  /** Whether the condition has held long enough and is not over. */
  public boolean breached() {
    return breached;
  }

  /** How long it has held, in ms of measured time. */
  public long aboveMillis() {
    return aboveMillis;
  }
}
