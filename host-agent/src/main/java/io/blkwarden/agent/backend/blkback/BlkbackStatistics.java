package io.blkwarden.agent.backend.blkback;

import io.blkwarden.agent.backend.type.BackendId;
import io.blkwarden.agent.kernel.ColumnReader;
import io.blkwarden.agent.kernel.FileBytes;
import io.blkwarden.agent.kernel.KernelFiles;
import io.blkwarden.agent.kernel.KernelFiles.OpenAttribute;
import io.blkwarden.agent.kernel.ReadResult;

/**
 * blkback's sector counters of one disk, over all rings, since the guest connected.
 *
 * <p>Source: the files in {@code /sys/bus/xen-backend/devices/vbd-DOMID-HANDLE/statistics/}. The
 * files are read one after the other, not at one moment. A reconnect resets them. SUSE's blkback
 * has {@code br_req} instead of {@code f_req} and signed 32-bit counters; here they are unsigned.
 *
 * @param readSectors sectors of 512 bytes read
 * @param writeSectors sectors of 512 bytes written
 * @param bits32 whether they are 32-bit counters, which wrap
 */
public record BlkbackStatistics(long readSectors, long writeSectors, boolean bits32) {
  /**
   * Reads the counters. Absent when the disk is gone, not connected yet, or not blkback's.
   *
   * @param bits32 result of {@link #bits32} for any disk of the host; all use the same module
   */
  public static ReadResult<BlkbackStatistics> read(
      KernelFiles files, BackendId id, boolean bits32) {
    return counter(files, id, "rd_sect")
        .flatMap(read ->
            counter(files, id, "wr_sect")
                .map(written -> new BlkbackStatistics(read, written, bits32)));
  }

  /** Whether this disk has 32-bit counters; absent when it has none. */
  public static ReadResult<Boolean> bits32(KernelFiles files, BackendId id) {
    return counter(files, id, "f_req") instanceof ReadResult.Present
        ? ReadResult.present(false)
        : counter(files, id, "br_req").map(_ -> true);
  }

  /** Reads an open counter. */
  public static ReadResult<Long> counter(OpenAttribute file, FileBytes buffer) {
    return file.read(buffer).parse("statistics", BlkbackStatistics::parseCounter);
  }

  /** Reads {@code rd_sect} alone, to compare it with a thread's counter. */
  public static ReadResult<Long> readSectors(KernelFiles files, BackendId id) {
    return counter(files, id, "rd_sect");
  }

  private static ReadResult<Long> counter(KernelFiles files, BackendId id, String name) {
    return files.parse(path(id, name), BlkbackStatistics::parseCounter);
  }

  static String path(BackendId id, String name) {
    return id.directory() + "/statistics/" + name;
  }

  /** Parses without allocation in the common case. */
  private static ReadResult<Long> parseCounter(FileBytes bytes) {
    ColumnReader columns = new ColumnReader(bytes.array(), 0, bytes.length());
    return columns.nextNumber() && !columns.skip(1)
        ? ReadResult.present(columns.number())
        : parseCounter(bytes.text());
  }

  /** Parses an unsigned number, or a negative one: a signed 32-bit counter past 2^31. */
  public static ReadResult<Long> parseCounter(String text) {
    String number = text.strip();
    boolean negative = number.startsWith("-");
    ColumnReader columns = ColumnReader.of(negative ? number.substring(1) : number);
    if (columns.nextNumber() && (!negative || columns.number() <= 1L << 31)) {
      return ReadResult.present(negative ? -columns.number() & 0xFFFF_FFFFL : columns.number());
    }
    return ReadResult.malformed("counter", "a number from -2^31 to 2^63-1", text);
  }
}
