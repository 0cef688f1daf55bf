package io.blkwarden.controller.baseline;

import org.jspecify.annotations.Nullable;

/**
 * A threshold that follows the baseline of a class of disks: the mean plus some standard
 * deviations, or a percentile.
 *
 * @param sigmas standard deviations above the mean, 0 to 10; used without a percentile
 * @param percentile above 0, below 100; absent when sigmas are used
 * @param floor least threshold, in the metric's unit
 * @param minDisks fewest disks of the class, 2 to 1,000,000; with fewer there is no threshold
 */
public record BaselineThreshold(
    double sigmas, @Nullable Double percentile, double floor, int minDisks) {
  /** Default of {@code minDisks}. */
  public static final int MIN_DISKS = 20;

  /** The threshold in words. */
  public String text() {
    return percentile == null
        ? "mean plus %s sigmas".formatted(plain(sigmas))
        : "percentile " + plain(percentile);
  }

  private static String plain(double number) {
    return number == Math.rint(number) ? "%.0f".formatted(number) : Double.toString(number);
  }
}
