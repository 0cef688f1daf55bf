package io.blkwarden.controller.policy.threshold;

import io.blkwarden.controller.policy.ClearRule;
import io.blkwarden.controller.policy.ClearTimer;
import io.blkwarden.controller.policy.Detector;
import io.blkwarden.controller.policy.Sample;
import io.blkwarden.controller.policy.Threshold;

/** A detector of a value over a threshold without interruption. */
public final class ThresholdTimer implements Detector {
  private final Threshold when;
  private final ClearTimer clear;
  private long aboveMillis;
  private int samples;
  private boolean breached;

  /** A timer at 0. */
  public ThresholdTimer(Threshold when) {
    this.when = when;
    this.clear = new ClearTimer(when);
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
   * @param gateHolds whether the policy's further condition is true; false when that is unknown
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
      samples = 0;
      return Change.QUIET;
    }
    aboveMillis += windowMillis;
    samples = Math.min(samples + 1, when.samples());
    if (aboveMillis >= when.forMillis() && samples >= when.samples() && gateHolds) {
      breached = true;
      clear.restart();
      return Change.BREACHED;
    }
    return Change.NONE;
  }

  private Change whileBreached(double value, ClearRule.Verdict mayClear, long windowMillis) {
    if (clear.over(value, mayClear, windowMillis)) {
      breached = false;
      aboveMillis = 0;
      samples = 0;
      return Change.CLEARED;
    }
    if (mayClear != ClearRule.Verdict.UNKNOWN && !clear.below(value, mayClear)) {
      aboveMillis += windowMillis;
    }
    return Change.NONE;
  }

  @Override
  public boolean breached() {
    return breached;
  }

  @Override
  public long heldMillis() {
    return aboveMillis;
  }

  @Override
  public Threshold when() {
    return when;
  }
}
