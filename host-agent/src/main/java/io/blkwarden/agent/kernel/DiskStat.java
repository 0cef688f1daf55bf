package io.blkwarden.agent.kernel;

import org.jspecify.annotations.Nullable;

/**
 * I/O counters of one block device, cumulative since it was created.
 *
 * <p>Source: {@code /sys/block/NAME/stat}, and the same columns in {@code /proc/diskstats}: 11 in
 * all kernels, 15 with discards (4.18 and later), 17 with flushes (5.5 and later). Sectors are
 * always 512 bytes. Milliseconds wrap at 2^32; {@code queueMillis} of a busy device does so within
 * days.
 *
 * @param reads completed reads
 * @param writes completed writes
 * @param inFlight requests in flight, a gauge; absent when the kernel's count is wrong: on some
 *     kernels it falls below 0 and shows as -1 or as a number near 2^32 or 2^64
 * @param ioMillis time with any request in flight
 * @param queueMillis time in flight summed over requests
 * @param discards completed discards; 0 on kernels that do not count them
 * @param flushes completed flushes; 0 on kernels that do not count them
 */
public record DiskStat(
    Transfers reads,
    Transfers writes,
    @Nullable Long inFlight,
    long ioMillis,
    long queueMillis,
    Transfers discards,
    Flushes flushes) {
  /**
   * Counters of one direction.
   *
   * @param ios requests
   * @param merges merged bios
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

  /** Maximum plausible number of requests in flight. */
  public static final long MAX_IN_FLIGHT = 1 << 20;

  private static final int IN_FLIGHT = 8;
  private static final int BASIC = 11;
  private static final int WITH_DISCARDS = 15;
  private static final int WITH_FLUSHES = 17;

  /**
   * Reads a device's {@code stat} through a reusable buffer.
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

  /** Parses the remaining columns. */
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
    // Later kernels may append columns.
    return count == BASIC || count == WITH_DISCARDS || count == WITH_FLUSHES
        ? ReadResult.present(of(values))
        : ReadResult.malformed("stat", "11, 15, 17 or more columns", count + " columns");
  }

  /** Whether nothing was in flight. */
  public boolean isIdle() {
    return inFlight != null && inFlight == 0;
  }

  /** Whether the device ever counted a read or write. */
  public boolean everCounted() {
    return reads.ios() != 0 || writes.ios() != 0;
  }

  private static DiskStat of(long[] v) {
    return new DiskStat(
        new Transfers(v[0], v[1], v[2], v[3]),
        new Transfers(v[4], v[5], v[6], v[7]),
        v[IN_FLIGHT] <= MAX_IN_FLIGHT ? v[IN_FLIGHT] : null,
        v[9],
        v[10],
        new Transfers(v[11], v[12], v[13], v[14]),
        new Flushes(v[15], v[16]));
  }
}
