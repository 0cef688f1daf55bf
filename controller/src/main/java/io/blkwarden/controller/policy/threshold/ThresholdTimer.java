package io.blkwarden.controller.policy.threshold;

import io.blkwarden.controller.policy.ClearRule;
import io.blkwarden.controller.policy.Detector;
import io.blkwarden.controller.policy.Sample;
import io.blkwarden.controller.policy.Threshold;

/** A detector of a value over a threshold without interruption. */
public final class ThresholdTimer extends Detector {
  private int samples;

  public ThresholdTimer(Threshold when) {
    super(when);
  }

  @Override
  public Change observe(Sample sample) {
    return observe(
        sample.value(when), sample.conditionHolds(), sample.mayClear(), sample.windowMillis());
  }

  /**
   * Takes the value of one window.
   *
   * @param value in the metric's unit; {@link Double#NaN} when it is unknown
   * @param condition whether the policy's further condition is true; false when that is unknown
   * @param mayClear whether a low value means that the cause is gone (see {@link ClearRule})
   * @param windowMillis length of the window
   */
  public Change observe(
      double value, boolean condition, ClearRule.Verdict mayClear, long windowMillis) {
    if (Double.isNaN(value) || windowMillis <= 0) {
      return Change.NONE;
    }
    if (breached) {
      Change change = clear(value, mayClear, windowMillis);
      if (change == Change.CLEARED) {
        reset();
      } else if (mayClear != ClearRule.Verdict.UNKNOWN && !isLow(value, mayClear)) {
        heldMillis += windowMillis;
      }
      return change;
    }
    if (!(value > when.above())) {
      reset();
      return Change.QUIET;
    }
    heldMillis += windowMillis;
    samples = Math.min(samples + 1, when.samples());
    return breach(heldMillis >= when.forMillis() && samples >= when.samples() && condition);
  }

  private void reset() {
    heldMillis = 0;
    samples = 0;
  }
}
