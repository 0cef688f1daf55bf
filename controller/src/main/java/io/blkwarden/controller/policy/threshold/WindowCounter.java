package io.blkwarden.controller.policy.threshold;

import io.blkwarden.controller.policy.ClearTimer;
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
public final class WindowCounter implements Detector {
  private final Threshold when;
  private final Threshold.Windows windows;
  private final ClearTimer clear;
  private double sum;
  private long millis;
  private long heldMillis;
  private int samples;
  private int above;
  private boolean gated;
  private boolean breached;

  public WindowCounter(Threshold when, Threshold.Windows windows) {
    this.when = when;
    this.windows = windows;
    this.clear = new ClearTimer(when);
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
      boolean over = clear.over(value, sample.mayClear(), window);
      breached = !over;
      return over ? Change.CLEARED : Change.NONE;
    }
    sum += value * window;
    millis += window;
    samples = Math.min(samples + 1, when.samples());
    gated |= sample.conditionHolds();
    if (millis < windows.millis()) {
      return Change.NONE;
    }
    boolean enough = samples >= when.samples();
    boolean gate = gated;
    above = (above << 1 | (enough && sum / millis > when.above() ? 1 : 0)) & windows.mask();
    sum = 0;
    millis = 0;
    samples = 0;
    gated = false;
    if (above == 0) {
      return Change.QUIET;
    }
    breached = Integer.bitCount(above) >= windows.atLeast() && gate;
    clear.restart();
    return breached ? Change.BREACHED : Change.NONE;
  }

  @Override
  public boolean breached() {
    return breached;
  }

  @Override
  public long heldMillis() {
    return heldMillis;
  }

  @Override
  public Threshold when() {
    return when;
  }
}
