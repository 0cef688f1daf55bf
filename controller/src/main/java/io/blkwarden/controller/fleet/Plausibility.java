package io.blkwarden.controller.fleet;

/**
 * What a host may tell: more than these bounds comes from a broken counter or clock, and is
 * unknown.
 *
 * <p>They lie far above what hardware does, so that nothing true is left out.
 */
final class Plausibility {
  /** I/Os a second of one device. */
  static final long IOS_PER_SECOND = 20_000_000;

  /** Sectors of 512 bytes a second of one device: 100 GB/s. */
  static final long SECTORS_PER_SECOND = 200_000_000;

  /**
   * Milliseconds a second that I/Os take, summed: as many I/Os in flight as are believed. One that
   * waited for long is counted when it completes, so all of these may come at once.
   */
  static final long BUSY_MILLIS_PER_SECOND = 1_000_000_000;

  /** Time with any I/O in flight that may be counted at once; before Linux 5.14 when one ends. */
  static final long IO_MILLIS_AT_ONCE = 3_600_000;

  /** I/Os in flight. */
  static final long IN_FLIGHT = 1 << 20;

  /**
   * Revisions and bases of a map that an agent can have got to: a thousand a second for 30 years.
   */
  static final long COUNT = 1L << 40;

  /** Wall clock in ms since 1970: the year 2200. */
  static final long WALL_MILLIS = 7_258_118_400_000L;

  /** Time between two batches. */
  static final long INTERVAL_MILLIS = 3_600_000;

  private static final long PRESSURE_SLACK_MICROS = 2_000_000;

  private Plausibility() {}

  /**
   * The most that a total of {@code /proc/pressure} counts in a window; it is read late at times.
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
