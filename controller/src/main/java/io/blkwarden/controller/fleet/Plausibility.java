package io.blkwarden.controller.fleet;

/**
 * The bounds of values from hosts, far above what hardware can do: values beyond them come from a
 * broken counter or clock, and are unknown.
 */
final class Plausibility {
  /** I/Os per second of one device. */
  static final long IOS_PER_SECOND = 20_000_000;

  /** Sectors of 512 bytes per second of one device: 100 GB/s. */
  static final long SECTORS_PER_SECOND = 200_000_000;

  /**
   * Total time of I/Os, in ms per second: the most I/Os in flight. The time of an I/O is counted
   * when it completes, so much of it may arrive at once.
   */
  static final long BUSY_MILLIS_PER_SECOND = 1_000_000_000;

  /** Time with I/O in flight that is counted at once; before Linux 5.14 when an I/O ends. */
  static final long IO_MILLIS_AT_ONCE = 3_600_000;

  /** I/Os in flight. */
  static final long IN_FLIGHT = 1 << 20;

  /** Revisions and bases of a map: a thousand per second for 30 years. */
  static final long COUNT = 1L << 40;

  /** Wall clock in ms since 1970: the year 2200. */
  static final long WALL_MILLIS = 7_258_118_400_000L;

  /** Time between two batches. */
  static final long INTERVAL_MILLIS = 3_600_000;

  private static final long PRESSURE_SLACK_MICROS = 2_000_000;

  private Plausibility() {}

  /**
   * The most that a total of {@code /proc/pressure} counts in a window, including late readings.
   */
  static long pressureMicros(long windowMillis) {
    return 2_000 * windowMillis + PRESSURE_SLACK_MICROS;
  }

  /** The most that a column of {@link Counters} counts in a window. */
  static long most(int column, long windowMillis) {
    long seconds = Math.max(1, windowMillis / 1_000 + 1);
    return switch (column) {
      case Counters.READ_SECTORS, Counters.WRITE_SECTORS -> SECTORS_PER_SECOND * seconds;
      case Counters.READ_MS, Counters.WRITE_MS -> BUSY_MILLIS_PER_SECOND * seconds;
      case Counters.IO_MS, Counters.SHARED_IO_MS -> IO_MILLIS_AT_ONCE + windowMillis;
      case Counters.DISCARD_SECTORS -> Long.MAX_VALUE; // a whole device at once
      default -> IOS_PER_SECOND * seconds;
    };
  }
}
