package io.blkwarden.agent.mapping;

/**
 * blkback's counters of one disk, read before and after its threads' counters.
 *
 * <p>Source: {@code statistics/rd_sect} and {@code wr_sect} of the xen-backend device, in units of
 * 512 bytes. A reconnect resets both. blkback updates them just after it submits.
 *
 * @param readSectorsBefore {@code rd_sect} before the threads were read
 * @param readSectorsAfter {@code rd_sect} after the threads were read
 * @param writtenSectors {@code wr_sect}
 * @param bits32 whether they are 32-bit counters (SUSE's blkback), which wrap after 2 TiB
 */
public record DiskCounters(
    long readSectorsBefore, long readSectorsAfter, long writtenSectors, boolean bits32) {
  /** Maximum bytes that a ring has submitted but not counted: a request of 256 segments. */
  static final long RING_SLACK_BYTES = 1 << 20;

  private static final int SECTOR_BYTES = 512;
  private static final long WRAP_BYTES = (1L << 32) * SECTOR_BYTES;

  /** Whether the disk did I/O since it was connected, so that its thread exists. */
  public boolean sawIo() {
    return readSectorsBefore != 0 || writtenSectors != 0;
  }

  /** Whether the second reading is not below the first. */
  boolean isValid() {
    return readSectorsAfter >= readSectorsBefore;
  }

  /** Whether a thread that read this many bytes may have made these counters wrap. */
  boolean mayHaveWrapped(long readBytes) {
    return bits32 && readBytes >= WRAP_BYTES - RING_SLACK_BYTES;
  }

  /**
   * Whether this number of bytes, read by all threads of the disk, lies between the two readings.
   */
  boolean contains(long readBytes, int rings) {
    return isValid()
        && readBytes >= readSectorsBefore * SECTOR_BYTES
        && readBytes <= readSectorsAfter * SECTOR_BYTES + rings * RING_SLACK_BYTES;
  }
}
