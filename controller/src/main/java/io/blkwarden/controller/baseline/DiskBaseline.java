package io.blkwarden.controller.baseline;

import io.blkwarden.model.Require;
import java.time.Instant;

/**
 * What a class of disks was learned to do; a value that outlives the controller.
 *
 * @param of which disks
 * @param disks how many were measured last
 * @param count values that it was learned from
 * @param sum of them
 * @param sumOfSquares of them
 * @param at when the last of them was measured
 * @param sketch their distribution, as DDSketch encodes it (Masson et al., VLDB 2019), in Base64; 1
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
    Require.present(of, "class");
    Require.within(disks, 0, Integer.MAX_VALUE, "disks");
    Require.finite(count, "count");
    Require.finite(sum, "sum");
    Require.finite(sumOfSquares, "sum_of_squares");
    Require.present(at, "at");
    Require.text(sketch, SKETCH_MAX, "sketch");
  }

  /** Mean of all values; {@link Double#NaN} without any. */
  public double mean() {
    return sum / count;
  }

  /** Standard deviation of all values; {@link Double#NaN} without any. */
  public double sigma() {
    return Math.sqrt(Math.max(0, sumOfSquares / count - mean() * mean()));
  }
}
