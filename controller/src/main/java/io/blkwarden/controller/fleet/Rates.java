package io.blkwarden.controller.fleet;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The rates of a table's rows in the last window, as single-precision numbers in one flat array.
 *
 * <p>Each column of {@link Counters} has its rate per second, sectors in bytes; {@link #UTIL} and
 * {@link #UTIL_MAX} are shares of the window. An unknown value is {@link Float#NaN}, which is never
 * over a threshold.
 */
final class Rates {
  /** Share of the time in which any I/O was in flight. */
  static final int UTIL = Counters.IO_MS;

  /** Upper bound of {@link #UTIL}: the same, or that of a device which others use, too. */
  static final int UTIL_MAX = Counters.SHARED_IO_MS;

  /** I/Os in flight at the end of the window; the only value that no counter has. */
  static final int IN_FLIGHT = Counters.COLUMNS;

  static final int WIDTH = Counters.COLUMNS + 1;
  private static final int SECTOR_BYTES = 512;

  /** Units of each column of {@link Counters}: bytes of a sector, else 1. */
  private static final double[] UNITS =
      IntStream.range(0, Counters.COLUMNS)
          .mapToDouble(column -> Counters.isSectors(column) ? SECTOR_BYTES : 1)
          .toArray();

  private final float[] values;
  private final boolean[] measured;

  Rates(int rows) {
    values = new float[rows * WIDTH];
    measured = new boolean[rows];
    Arrays.fill(values, Float.NaN);
  }

  float get(int row, int which) {
    return values[row * WIDTH + which];
  }

  double iops(int row) {
    return (double) get(row, Counters.READ_IOS) + get(row, Counters.WRITE_IOS);
  }

  /** Total time of reads and writes, in ms per second. */
  double busy(int row) {
    return (double) get(row, Counters.READ_MS) + get(row, Counters.WRITE_MS);
  }

  /** I/Os in flight; 0 when unknown. */
  double queue(int row) {
    float inFlight = get(row, IN_FLIGHT);
    return Float.isNaN(inFlight) ? 0 : inFlight;
  }

  /** Mean time of reads and writes in ms; see {@link #mean}. */
  double await(int row) {
    return mean(iops(row), busy(row), get(row, IN_FLIGHT));
  }

  /** Mean time of reads in ms; see {@link #mean}. */
  double readAwait(int row) {
    return mean(get(row, Counters.READ_IOS), get(row, Counters.READ_MS), get(row, IN_FLIGHT));
  }

  /** Mean time of writes in ms; see {@link #mean}. */
  double writeAwait(int row) {
    return mean(get(row, Counters.WRITE_IOS), get(row, Counters.WRITE_MS), get(row, IN_FLIGHT));
  }

  /** Whether the mean time of reads or of writes is above {@code millis}. */
  boolean slow(int row, double millis) {
    return slow(get(row, Counters.READ_IOS), get(row, Counters.READ_MS), millis)
        || slow(get(row, Counters.WRITE_IOS), get(row, Counters.WRITE_MS), millis);
  }

  private static boolean slow(double ios, double busy, double millis) {
    return ios > 0 && busy > millis * ios; // the mean, without a division
  }

  /** 0 for an idle disk, unknown while I/O is in flight and none completes. */
  private static double mean(double ios, double busy, double inFlight) {
    if (ios > 0) {
      return busy / ios;
    }
    return ios == 0 && inFlight == 0 ? 0 : Double.NaN;
  }

  /** Whether the disk's own I/O is known; its time may be unknown. */
  boolean known(int row) {
    return !Float.isNaN(get(row, Counters.READ_IOS));
  }

  /** Whether the time of the disk's I/O is known. */
  boolean timed(int row) {
    return !Float.isNaN(get(row, Counters.READ_MS));
  }

  /** Whether the row was known before and is unknown now. */
  boolean missing(int row) {
    return measured[row] && !known(row);
  }

  void unknown(int row) {
    Arrays.fill(values, row * WIDTH, (row + 1) * WIDTH, Float.NaN);
  }

  void copy(int row, Rates from, int fromRow) {
    System.arraycopy(from.values, fromRow * WIDTH, values, row * WIDTH, WIDTH);
    measured[row] = from.measured[fromRow];
  }

  /**
   * Computes the values of a row from the counts of a window.
   *
   * @param inFlight I/Os in flight at its end; {@link Counters#UNKNOWN} when that is unknown
   */
  void set(int row, long[] delta, long inFlight, long windowMillis) {
    double perSecond = 1_000.0 / windowMillis;
    int at = row * WIDTH;
    measured[row] = true;
    for (int i = 0; i < Counters.COLUMNS; i++) {
      double rate = delta[i] * (UNITS[i] * perSecond);
      values[at + i] = delta[i] == Counters.UNKNOWN ? Float.NaN : (float) rate;
    }
    float shared = util(delta[Counters.SHARED_IO_MS], windowMillis);
    values[at + UTIL] = util(delta[Counters.IO_MS], windowMillis);
    values[at + UTIL_MAX] = delta[Counters.IO_MS] == Counters.UNKNOWN ? shared : values[at + UTIL];
    values[at + IN_FLIGHT] = inFlight == Counters.UNKNOWN ? Float.NaN : inFlight;
  }

  private static float util(long counted, long windowMillis) {
    return counted == Counters.UNKNOWN
        ? Float.NaN
        : (float) Math.min(1, (double) counted / windowMillis);
  }
}
