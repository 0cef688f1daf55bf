package io.blkwarden.controller.policy.threshold;

import io.blkwarden.controller.policy.Detector;
import io.blkwarden.controller.policy.Sample;
import io.blkwarden.controller.policy.Threshold;

/**
 * A detector of a threshold that the mean of some of the last windows exceeds.
 *
 * <p>Windows start with the first value over the threshold and follow each other in measured time:
 * unknown values do not count. The policy's further condition must be true at any time in the last
 * window, not at its end, when an intermittent load may just have stopped.
 */
public final class WindowCounter extends Detector {
  private final Threshold.Windows windows;
  private double sum;
  private long millis;
  private int samples;
  private int above;
  private boolean condition;

  public WindowCounter(Threshold when, Threshold.Windows windows) {
    super(when);
    this.windows = windows;
  }

  @Override
  public Change observe(Sample sample) {
    double value = sample.value(when);
    long window = sample.windowMillis();
    if (Double.isNaN(value) || window <= 0) {
      return Change.NONE;
    }
    heldMillis += window;
    if (breached) {
      return clear(value, sample.mayClear(), window);
    }
    sum += value * window;
    millis += window;
    samples++;
    condition |= sample.conditionHolds();
    if (millis < windows.millis()) {
      return Change.NONE;
    }
    boolean over = samples >= when.samples() && sum / millis > when.above();
    boolean held = condition;
    above = (above << 1 | (over ? 1 : 0)) & windows.mask();
    sum = 0;
    millis = 0;
    samples = 0;
    condition = false;
    return above == 0 ? Change.QUIET : breach(Integer.bitCount(above) >= windows.atLeast() && held);
  }
}
