package io.blkwarden.controller.fleet;

import java.util.Arrays;

/**
 * The last values of a table's rows, as single-precision numbers in one flat array.
 *
 * <p>An unknown value is {@link Float#NaN}, which is never over a threshold.
 */
final class Rates {
  static final int READ_IOPS = 0;
  static final int WRITE_IOPS = 1;
  static final int READ_BYTES = 2;
  static final int WRITE_BYTES = 3;

  /** Total time of reads, in ms per second. */
  static final int READ_BUSY = 4;

  /** As {@link #READ_BUSY}, of writes. */
  static final int WRITE_BUSY = 5;

  static final int UTIL = 6;
  static final int IN_FLIGHT = 7;
  static final int FLUSH_IOPS = 8;
  static final int DISCARD_IOPS = 9;
  static final int DISCARD_BYTES = 10;
  static final int OUT_OF_REQUESTS = 11;

  /** Upper bound of {@link #UTIL}: the same, or that of a device which others use, too. */
  static final int UTIL_MAX = 12;

  static final int WIDTH = 13;

  private static final int SECTOR_BYTES = 512;

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
    return (double) get(row, READ_IOPS) + get(row, WRITE_IOPS);
  }

  /** Total time of reads and writes, in ms per second. */
  double busy(int row) {
    return (double) get(row, READ_BUSY) + get(row, WRITE_BUSY);
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
    return mean(get(row, READ_IOPS), get(row, READ_BUSY), get(row, IN_FLIGHT));
  }

  /** Mean time of writes in ms; see {@link #mean}. */
  double writeAwait(int row) {
    return mean(get(row, WRITE_IOPS), get(row, WRITE_BUSY), get(row, IN_FLIGHT));
  }

  /** Whether the mean time of reads or of writes is above {@code millis}. */
  boolean slow(int row, double millis) {
    return slow(get(row, READ_IOPS), get(row, READ_BUSY), millis)
        || slow(get(row, WRITE_IOPS), get(row, WRITE_BUSY), millis);
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
    return !Float.isNaN(get(row, READ_IOPS));
  }

  /** Whether the time of the disk's I/O is known. */
  boolean timed(int row) {
    return !Float.isNaN(get(row, READ_BUSY));
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
    double bytesPerSecond = SECTOR_BYTES * perSecond;
    int at = row * WIDTH;
    measured[row] = true;
    values[at + READ_IOPS] = optional(delta[Counters.READ_IOS], perSecond);
    values[at + WRITE_IOPS] = optional(delta[Counters.WRITE_IOS], perSecond);
    values[at + READ_BYTES] = optional(delta[Counters.READ_SECTORS], bytesPerSecond);
    values[at + WRITE_BYTES] = optional(delta[Counters.WRITE_SECTORS], bytesPerSecond);
    values[at + READ_BUSY] = optional(delta[Counters.READ_MS], perSecond);
    values[at + WRITE_BUSY] = optional(delta[Counters.WRITE_MS], perSecond);
    values[at + UTIL] = util(delta[Counters.IO_MS], windowMillis);
    values[at + UTIL_MAX] =
        delta[Counters.IO_MS] == Counters.UNKNOWN
            ? util(delta[Counters.SHARED_IO_MS], windowMillis)
            : values[at + UTIL];
    values[at + IN_FLIGHT] = optional(inFlight, 1);
    values[at + FLUSH_IOPS] = optional(delta[Counters.FLUSH_IOS], perSecond);
    values[at + DISCARD_IOPS] = optional(delta[Counters.DISCARD_IOS], perSecond);
    values[at + DISCARD_BYTES] = optional(delta[Counters.DISCARD_SECTORS], bytesPerSecond);
    values[at + OUT_OF_REQUESTS] = optional(delta[Counters.OUT_OF_REQUESTS], perSecond);
  }

  private static float util(long counted, long windowMillis) {
    return counted == Counters.UNKNOWN
        ? Float.NaN
        : (float) Math.min(1, (double) counted / windowMillis);
  }

  private static float optional(long counted, double factor) {
    return counted == Counters.UNKNOWN ? Float.NaN : (float) (counted * factor);
  }
}
