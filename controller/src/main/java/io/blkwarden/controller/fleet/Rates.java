package io.blkwarden.controller.fleet;

import java.util.Arrays;

/**
 * The last measured values of a table's rows, as single-precision numbers in one flat array.
 *
 * <p>An unknown value is {@link Float#NaN}, which no comparison with a threshold passes; it does
 * not leave this package as anything else than {@link Double#NaN} of {@link HostState#value}.
 */
final class Rates {
  static final int READ_IOPS = 0;
  static final int WRITE_IOPS = 1;
  static final int READ_BYTES = 2;
  static final int WRITE_BYTES = 3;
  static final int AWAIT = 4;
  static final int UTIL = 5;
  static final int IN_FLIGHT = 6;

  /** Milliseconds of I/O time a second: what shares and neighbours' waits are made of. */
  static final int BUSY = 7;

  static final int WIDTH = 8;

  private static final int SECTOR_BYTES = 512;

  private final float[] values;

  Rates(int rows) {
    values = new float[rows * WIDTH];
    Arrays.fill(values, Float.NaN);
  }

  float get(int row, int which) {
    return values[row * WIDTH + which];
  }

  double iops(int row) {
    return (double) get(row, READ_IOPS) + get(row, WRITE_IOPS);
  }

  boolean known(int row) {
    return !Float.isNaN(get(row, BUSY));
  }

  void unknown(int row) {
    Arrays.fill(values, row * WIDTH, (row + 1) * WIDTH, Float.NaN);
  }

  void copy(int row, Rates from, int fromRow) {
    System.arraycopy(from.values, fromRow * WIDTH, values, row * WIDTH, WIDTH);
  }

  /** Makes the values of a row from what was counted in a window. */
  void set(int row, long[] delta, long inFlight, long windowMillis) {
    double perSecond = 1_000.0 / windowMillis;
    int at = row * WIDTH;
    long ios = delta[Counters.READ_IOS] + delta[Counters.WRITE_IOS];
    long busy = delta[Counters.READ_MS] + delta[Counters.WRITE_MS];
    values[at + READ_IOPS] = (float) (delta[Counters.READ_IOS] * perSecond);
    values[at + WRITE_IOPS] = (float) (delta[Counters.WRITE_IOS] * perSecond);
    values[at + READ_BYTES] = (float) (delta[Counters.READ_SECTORS] * SECTOR_BYTES * perSecond);
    values[at + WRITE_BYTES] = (float) (delta[Counters.WRITE_SECTORS] * SECTOR_BYTES * perSecond);
    values[at + AWAIT] = await(ios, busy, inFlight);
    values[at + UTIL] = (float) Math.min(1, (double) delta[Counters.IO_MS] / windowMillis);
    values[at + IN_FLIGHT] = inFlight;
    values[at + BUSY] = (float) (busy * perSecond);
  }

  private static float await(long ios, long busy, long inFlight) {
    if (ios > 0) {
      return (float) ((double) busy / ios);
    }
    return inFlight == 0 ? 0 : Float.NaN;
  }
}
