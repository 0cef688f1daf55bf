package io.blkwarden.controller.policy;

import io.blkwarden.controller.fleet.Metric;
import io.blkwarden.model.Require;

/**
 * A level that a metric must pass, and a lower one that it must come back under.
 *
 * @param metric what is measured
 * @param above exceeded when the value is greater, in the metric's unit
 * @param forMillis how long it must be exceeded without a pause
 * @param clearBelow over when the value is smaller; at most {@code above}
 * @param clearForMillis how long it must be over without a pause
 */
public record Threshold(
    Metric metric, double above, long forMillis, double clearBelow, long clearForMillis) {
  public Threshold {
    Require.present(metric, "metric");
    Require.finite(above, "above");
    Require.finite(clearBelow, "clear_below");
    Require.within(forMillis, 0, Limits.DURATION_MAX_MILLIS, "for");
    Require.within(clearForMillis, 0, Limits.DURATION_MAX_MILLIS, "clear_for");
    if (clearBelow > above) {
      throw new IllegalArgumentException(
          "clear_below: expected at most above (%s), found %s".formatted(above, clearBelow));
    }
  }
}
