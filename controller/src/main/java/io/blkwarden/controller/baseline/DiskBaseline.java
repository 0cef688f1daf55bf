package io.blkwarden.controller.baseline;

import io.blkwarden.model.Require;
import java.time.Instant;

/**
 * The learned baseline of a class of disks, as it is stored.
 *
 * @param of the class
 * @param disks disks in the last round
 * @param count number of values
 * @param sum of the values
 * @param sumOfSquares of the values
 * @param at when the last value was measured
 * @param sketch the distribution, as DDSketch encodes it (Masson et al., VLDB 2019), in Base64; 1
 *     to {@link #SKETCH_MAX} characters
 */
public record DiskBaseline(
    DiskClass of,
    int disks,
    double count,
    double sum,
    double sumOfSquares,
    Instant at,
    String sketch) {
  /** Most characters of a sketch. */
  public static final int SKETCH_MAX = 16_384;

  public DiskBaseline {
    Require.within(disks, 0, Integer.MAX_VALUE, "disks");
    Require.finite(count, "count");
    Require.finite(sum, "sum");
    Require.finite(sumOfSquares, "sum_of_squares");
    Require.text(sketch, SKETCH_MAX, "sketch");
  }

  /** Mean of the values; {@link Double#NaN} without any. */
  public double mean() {
    return sum / count;
  }

  /** Standard deviation of the values; {@link Double#NaN} without any. */
  public double sigma() {
    return Math.sqrt(Math.max(0, sumOfSquares / count - mean() * mean()));
  }
}
