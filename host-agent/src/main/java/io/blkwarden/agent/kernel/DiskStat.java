package io.blkwarden.agent.kernel;

import org.jspecify.annotations.Nullable;

/**
 * I/O counters of one block device, cumulative since it appeared.
 *
 * <p>Source: {@code /sys/block/NAME/stat}, and the same columns in {@code /proc/diskstats}. 11
 * columns in all kernels, 15 with discards (4.18 and later), 17 with flushes (5.5 and later).
 * Sectors are 512 bytes whatever the device says. Milliseconds wrap at 2^32 ({@link
 * CounterWidth#BITS_32}); {@code queueMillis} of a busy device does so within days.
 *
 * @param reads reads that completed
 * @param writes writes that completed
 * @param inFlight requests under way now, a gauge; absent when the kernel's own count went wrong:
 *     it falls below 0 on some kernels, and shows as -1 or as a number near 2^32 or 2^64
 * @param ioMillis time in which any request was under way
 * @param queueMillis time summed over requests under way
 * @param discards discards that completed; absent on kernels that do not count them
 * @param flushes flushes that completed; absent on kernels that do not count them
 */
public record DiskStat(
    Transfers reads,
    Transfers writes,
    @Nullable Long inFlight,
    long ioMillis,
    long queueMillis,
    @Nullable Transfers discards,
    @Nullable Flushes flushes) {
  /**
   * Counters of one direction.
   *
   * @param ios requests
   * @param merges bios that joined another's request
   * @param sectors sectors of 512 bytes
   * @param millis time summed over requests, in milliseconds modulo 2^32
   */
  public record Transfers(long ios, long merges, long sectors, long millis) {}

  /**
   * Counters of flushes.
   *
   * @param ios requests
   * @param millis time summed over requests, in milliseconds modulo 2^32
   */
  public record Flushes(long ios, long millis) {}

  /** Most requests in flight that are believed; no device queues as many. */
  public static final long MAX_IN_FLIGHT = 1 << 20;

  private static final int IN_FLIGHT = 8;
  private static final int BASIC = 11;
  private static final int WITH_DISCARDS = 15;
  private static final int WITH_FLUSHES = 17;

  /**
   * Reads a device's {@code stat} through a buffer that is used again.
   *
   * @param path such as {@code sys/block/dm-20/stat} or {@code sys/dev/block/8:1/stat}
   */
  public static ReadResult<DiskStat> read(KernelFiles files, String path, FileBytes buffer) {
    return files
        .read(path, buffer)
        .parse(path, file -> parseColumns(new ColumnReader(file.array(), 0, file.length())));
  }

  /** Parses {@code " 175 0 3104 208 ..."}. */
  public static ReadResult<DiskStat> parse(String text) {
    return parseColumns(ColumnReader.of(text));
  }

  /** Parses the columns that are left, up to the end. */
  static ReadResult<DiskStat> parseColumns(ColumnReader columns) {
    long[] values = new long[WITH_FLUSHES];
    int count = 0;
    while (count < WITH_FLUSHES) {
      if (columns.nextNumber()) {
        values[count] = columns.number();
      } else if (count == IN_FLIGHT && columns.isOutOfRange()) {
        values[count] = MAX_IN_FLIGHT + 1;
      } else {
        break;
      }
      count++;
    }
    if (count < WITH_FLUSHES && !columns.text().isEmpty()) {
      return ReadResult.malformed(
          "column " + (count + 1), "a number from 0 to 2^63-1", columns.text());
    }
    // A later kernel may add columns after the 17 that are known: they are left alone.
    return count == BASIC || count == WITH_DISCARDS || count == WITH_FLUSHES
        ? ReadResult.present(of(values, count))
        : ReadResult.malformed("stat", "11, 15, 17 or more columns", count + " columns");
  }

  /** Whether nothing was under way when it was read, and that is known. */
  public boolean isIdle() {
    return inFlight != null && inFlight == 0;
  }

  /** Whether it ever counted a read or write: a device whose I/O the kernel counts has. */
  public boolean everCounted() {
    return reads.ios() != 0 || writes.ios() != 0;
  }

  private static DiskStat of(long[] v, int count) {
    return new DiskStat(
        new Transfers(v[0], v[1], v[2], v[3]),
        new Transfers(v[4], v[5], v[6], v[7]),
        v[IN_FLIGHT] <= MAX_IN_FLIGHT ? v[IN_FLIGHT] : null,
        v[9],
        v[10],
        count >= WITH_DISCARDS ? new Transfers(v[11], v[12], v[13], v[14]) : null,
        count >= WITH_FLUSHES ? new Flushes(v[15], v[16]) : null);
  }
}
