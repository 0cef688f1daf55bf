package io.blkwarden.controller.policy;

import io.blkwarden.controller.fleet.Metric;
import io.blkwarden.model.Require;
import org.jspecify.annotations.Nullable;

/**
 * A level that a metric must pass, and a lower one that it must come back under.
 *
 * @param metric what is measured
 * @param above exceeded when the value is greater, in the metric's unit
 * @param forMillis how long it must be exceeded without a pause
 * @param clearBelow over when the value is smaller; at most {@code above}
 * @param clearForMillis how long it must be over without a pause
 * @param samples fewest samples that the time, or each window, needs
 * @param windows in place of the time without a pause: how many windows; absent when that counts
 */
public record Threshold(
    Metric metric,
    double above,
    long forMillis,
    double clearBelow,
    long clearForMillis,
    int samples,
    @Nullable Windows windows) {
  /** Most samples that may be required. */
  public static final int SAMPLES_MAX = 10_000;

  public Threshold {
    Require.present(metric, "metric");
    Require.finite(above, "above");
    Require.finite(clearBelow, "clear_below");
    Require.within(forMillis, 0, PolicyLimits.DURATION_MAX_MILLIS, "for");
    Require.within(clearForMillis, 0, PolicyLimits.DURATION_MAX_MILLIS, "clear_for");
    Require.within(samples, 1, SAMPLES_MAX, "samples");
    if (clearBelow > above) {
      throw new IllegalArgumentException(
          "clear_below: expected at most above (%s), found %s".formatted(above, clearBelow));
    }
  }

  /** A level that one sample is enough for, without a pause. */
  public Threshold(
      Metric metric, double above, long forMillis, double clearBelow, long clearForMillis) {
    this(metric, above, forMillis, clearBelow, clearForMillis, 1, null);
  }

  /**
   * Windows of which some must be above the level on average.
   *
   * @param atLeast how many, 1 to {@code of}
   * @param of the last so many, at most {@link #MAX}
   * @param millis length of each, 1 ms to a day
   */
  public record Windows(int atLeast, int of, long millis) {
    /** Most windows. */
    public static final int MAX = 30;

    public Windows {
      Require.within(of, 1, MAX, "windows");
      Require.within(atLeast, 1, of, "windows");
      Require.within(millis, 1, PolicyLimits.DURATION_MAX_MILLIS, "window");
    }

    /** As many bits as windows are looked at. */
    public int mask() {
      return (1 << of) - 1;
    }
  }
}
