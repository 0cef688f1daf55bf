package io.blkwarden.controller.detect;

import io.blkwarden.controller.policy.Threshold;
import io.blkwarden.controller.throttle.ClearRule;

/** How long a breached condition has been over; mutable. */
final class ClearTimer {
  private final Threshold when;
  private long belowMillis;

  ClearTimer(Threshold when) {
    this.when = when;
  }

  void restart() {
    belowMillis = 0;
  }

  /** Whether a known value is low because the cause is gone; unknown values are not given here. */
  boolean below(double value, ClearRule.Verdict mayClear) {
    return value < when.clearBelow() && mayClear == ClearRule.Verdict.CLEAR;
  }

  /** Takes a known value; whether it is over now. */
  boolean over(double value, ClearRule.Verdict mayClear, long windowMillis) {
    if (mayClear == ClearRule.Verdict.UNKNOWN) {
      return false;
    }
    belowMillis = below(value, mayClear) ? belowMillis + windowMillis : 0;
    return belowMillis > 0 && belowMillis >= when.clearForMillis();
  }
}
