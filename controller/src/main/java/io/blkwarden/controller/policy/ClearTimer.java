package io.blkwarden.controller.policy;

/** The time for which a breached policy has been below its threshold; mutable. */
public final class ClearTimer {
  private final Threshold when;
  private long belowMillis;

  /** A timer at 0. */
  public ClearTimer(Threshold when) {
    this.when = when;
  }

  /** Sets it to 0. */
  public void restart() {
    belowMillis = 0;
  }

  /** Whether a known value is low because the cause is gone; unknown values are not given here. */
  public boolean below(double value, ClearRule.Verdict mayClear) {
    return value < when.clearBelow() && mayClear == ClearRule.Verdict.CLEAR;
  }

  /** Takes a known value; whether the breach is over now. */
  public boolean over(double value, ClearRule.Verdict mayClear, long windowMillis) {
    if (mayClear == ClearRule.Verdict.UNKNOWN) {
      return false;
    }
    belowMillis = below(value, mayClear) ? belowMillis + windowMillis : 0;
    return belowMillis > 0 && belowMillis >= when.clearForMillis();
  }
}
