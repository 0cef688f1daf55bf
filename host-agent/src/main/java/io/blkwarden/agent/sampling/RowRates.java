package io.blkwarden.agent.sampling;

import io.blkwarden.model.sample.SampleColumn;

/**
 * The rates of a block device between two readings; {@link Double#NaN} when unknown.
 *
 * @param readIops reads per second
 * @param writeIops writes per second
 * @param readBytes bytes read per second
 * @param writeBytes bytes written per second
 * @param busyMillis time of reads and writes, summed, in ms per second
 * @param util fraction of time with any I/O in flight, 0 to 1
 * @param inFlight I/Os in flight at the second reading
 */
public record RowRates(
    double readIops,
    double writeIops,
    double readBytes,
    double writeBytes,
    double busyMillis,
    double util,
    double inFlight) {
  /** All rates unknown, as before the second reading. */
  public static final RowRates UNKNOWN =
      new RowRates(
          Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN);

  private static final int SECTOR_BYTES = 512;

  /**
   * The rates between two readings; unknown when a counter decreased or the source changed.
   *
   * @param before all columns of the first reading, by id
   * @param after all columns of the second reading
   * @param millis time between them on the host's monotonic clock
   */
  public static RowRates between(long[] before, long[] after, long millis) {
    if (millis <= 0 || !CounterTable.continues(before, after)) {
      return UNKNOWN;
    }
    double perSecond = 1_000.0 / millis;
    long unknown = after[SampleColumn.UNKNOWN_COLUMNS.id()];
    return new RowRates(
        counted(before, after, SampleColumn.READ_IOS) * perSecond,
        counted(before, after, SampleColumn.WRITE_IOS) * perSecond,
        counted(before, after, SampleColumn.READ_SECTORS) * SECTOR_BYTES * perSecond,
        counted(before, after, SampleColumn.WRITE_SECTORS) * SECTOR_BYTES * perSecond,
        SampleColumn.READ_MS.unknownIn(unknown)
            ? Double.NaN
            : (counted(before, after, SampleColumn.READ_MS)
                    + counted(before, after, SampleColumn.WRITE_MS))
                * perSecond,
        SampleColumn.IO_MS.unknownIn(unknown)
            ? Double.NaN
            : Math.min(1, counted(before, after, SampleColumn.IO_MS) / (double) millis),
        SampleColumn.IN_FLIGHT.unknownIn(unknown)
            ? Double.NaN
            : after[SampleColumn.IN_FLIGHT.id()]);
  }

  private static long counted(long[] before, long[] after, SampleColumn column) {
    return after[column.id()] - before[column.id()];
  }

  /** Reads and writes per second. */
  double iops() {
    return readIops + writeIops;
  }

  /** Whether nothing was completed and nothing is known to be in flight. */
  boolean stands() {
    return iops() == 0 && util == 0 && !(inFlight > 0);
  }

  /** Mean time of an I/O in ms; 0 when idle, unknown while I/O is in flight and none completes. */
  public double awaitMillis() {
    if (iops() > 0) {
      return busyMillis / iops();
    }
    return iops() == 0 && inFlight == 0 ? 0 : Double.NaN;
  }
}
