package io.blkwarden.agent.mapping;

/**
 * What blkback counted of one disk around the moment at which its threads' counters were read.
 *
 * <p>Source: {@code statistics/rd_sect} and {@code wr_sect} of the xen-backend device, in units of
 * 512 bytes, both 0 again after a reconnect. blkback adds to them just after it has submitted.
 *
 * @param readSectorsBefore {@code rd_sect} before the threads were read
 * @param readSectorsAfter {@code rd_sect} after that
 * @param writtenSectors {@code wr_sect}
 * @param bits32 whether they are 32-bit counters (SUSE's blkback), which begin anew after 2 TiB
 */
public record DiskCounters(
    long readSectorsBefore, long readSectorsAfter, long writtenSectors, boolean bits32) {
  /** Most that one ring may have submitted and not yet counted: a request of 256 segments. */
  static final long RING_SLACK_BYTES = 1 << 20;

  private static final int SECTOR_BYTES = 512;
  private static final long WRAP_BYTES = (1L << 32) * SECTOR_BYTES;

  /** Whether the disk did any I/O since it was connected; then its thread exists. */
  public boolean sawIo() {
    return readSectorsBefore != 0 || writtenSectors != 0;
  }

  /** Whether the two readings bound anything at all. */
  boolean isValid() {
    return readSectorsAfter >= readSectorsBefore;
  }

  /** Whether a thread with so many bytes read may have driven these counters past their end. */
  boolean mayHaveWrapped(long readBytes) {
    return bits32 && readBytes >= WRAP_BYTES - RING_SLACK_BYTES;
  }

  /** Whether this many bytes, read by all threads of the disk, lie between the two readings. */
  boolean contains(long readBytes, int rings) {
    return isValid()
        && readBytes >= readSectorsBefore * SECTOR_BYTES
        && readBytes <= readSectorsAfter * SECTOR_BYTES + rings * RING_SLACK_BYTES;
  }
}
