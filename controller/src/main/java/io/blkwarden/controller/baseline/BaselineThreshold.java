package io.blkwarden.controller.baseline;

import io.blkwarden.model.Require;
import org.jspecify.annotations.Nullable;

/**
 * A level that follows what the fleet's disks of the same class do: the mean and so many standard
 * deviations, or a percentile.
 *
 * @param sigmas standard deviations above the mean, 0 to 10; counts when there is no percentile
 * @param percentile above 0, below 100; absent when the sigmas count
 * @param floor least level, in the metric's unit
 * @param minDisks fewest disks of the class, 2 to 1,000,000; with fewer there is no level
 */
public record BaselineThreshold(
    double sigmas, @Nullable Double percentile, double floor, int minDisks) {
  /** Fewest disks unless a policy says otherwise. */
  public static final int MIN_DISKS = 20;

  public BaselineThreshold {
    Require.finite(sigmas, "mean_plus_sigmas");
    Require.finite(floor, "floor");
    Require.within(minDisks, 2, 1_000_000, "min_disks");
  }

  /** How people call it. */
  public String text() {
    return percentile == null
        ? "mean plus %s sigmas".formatted(plain(sigmas))
        : "percentile " + plain(percentile);
  }

  private static String plain(double number) {
    return number == Math.rint(number) ? "%.0f".formatted(number) : Double.toString(number);
  }
}
