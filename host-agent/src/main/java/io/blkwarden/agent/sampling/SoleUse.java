package io.blkwarden.agent.sampling;

import io.blkwarden.agent.kernel.DiskStat;
import org.jspecify.annotations.Nullable;

/**
 * Detects whether a blkback disk is the only user of its block device, by comparing blkback's
 * sector counters with the device's.
 *
 * <p>blkback counts a request when it submits it, the device when it completes, and the device is
 * read first. So an exclusively used device is never ahead by more than the requests in flight. One
 * that is ahead has other users: a mount or backup in dom0, a partition or volume on it. A device
 * that counts nothing while the disk does I/O is not counted by the kernel. blkback's counters are
 * used against the device's only after they have moved once. Not thread-safe.
 */
final class SoleUse {
  /** The result of the comparison. */
  enum Verdict {
    /** The device's counters are those of the disk. */
    ALONE,
    /** The device has other users. */
    OTHERS,
    /** The kernel does not count the device's I/O. */
    NOT_COUNTED
  }

  /** Maximum sectors in flight per ring: 32 requests of 128 KiB. */
  static final long RING_SECTORS = 8_192;

  /** Tolerated sectors of other users per reading, such as dom0's probes. */
  static final long TOLERATED_SECTORS = 512;

  /** Minimum sectors of a significant difference. */
  static final long CLEAR_SECTORS = 64;

  /** Readings without foreign sectors after which the disk counts as the only user again. */
  static final int CALM_READINGS = 600;

  private static final int BUSY_SECTORS = 256;
  private static final int READINGS_OF_BUSY = 8;
  private static final int READINGS_OF_IDLE = 32;
  private static final int STRANGE_MIN = 2;

  private final long aheadMax;
  private Verdict verdict = Verdict.ALONE;
  private @Nullable DiskStat seen;
  private boolean idle;
  private boolean ownMoved;
  private long deviceSectors;
  private long ownSectors = -1;
  private long ahead;
  private long missing;
  private int foreign;
  private int uncounted;
  private int calm;
  private int readings;

  /**
   * A new disk, which counts as the only user until shown otherwise.
   *
   * @param rings number of rings of the disk
   */
  SoleUse(int rings) {
    aheadMax = RING_SECTORS * Math.max(1, rings);
  }

  /** The current verdict. */
  Verdict verdict() {
    return verdict;
  }

  /** Whether blkback's sectors must be read for {@link #update}; called at every reading. */
  @SuppressWarnings("ReferenceEquality") // an idle device keeps its instance
  boolean due(DiskStat counted) {
    readings++;
    if (ownSectors < 0
        || foreign + uncounted > 0
        || verdict != Verdict.ALONE
        || !counted.everCounted()) {
      return true;
    }
    return counted == seen
        ? readings >= READINGS_OF_IDLE
        : readings >= READINGS_OF_BUSY || sectors(counted) - deviceSectors >= BUSY_SECTORS;
  }

  /** Compares both counters; the device's must have been read first. */
  @SuppressWarnings("ReferenceEquality") // an idle device keeps its instance
  Verdict update(DiskStat counted, long own) {
    long device = sectors(counted);
    boolean known = ownSectors >= 0 && own >= ownSectors && device >= deviceSectors;
    if (known) {
      update(device - deviceSectors, own - ownSectors, counted == seen && counted.isIdle());
    } else { // the guest reconnected, or the device changed
      ahead = 0;
      foreign = 0;
      uncounted = 0;
      missing = 0;
    }
    seen = counted;
    idle = counted.isIdle();
    deviceSectors = device;
    ownSectors = own;
    readings = 0;
    return verdict;
  }

  private void update(long ofDevice, long ofDisk, boolean stood) {
    ahead = Math.max(0, ahead + ofDevice - ofDisk - TOLERATED_SECTORS * Math.max(1, readings));
    foreign = ofDisk == 0 && idle && ofDevice >= CLEAR_SECTORS ? foreign + 1 : 0;
    uncounted = stood && ofDisk > 0 ? uncounted + 1 : 0;
    missing = uncounted > 0 ? missing + ofDisk : 0;
    boolean calmNow = foreign + uncounted == 0 && ofDevice - ofDisk < CLEAR_SECTORS;
    calm = calmNow ? calm + 1 : 0;
    ownMoved |= ofDisk > 0;
    if (ownMoved && (ahead > aheadMax || foreign >= STRANGE_MIN)) {
      verdict = Verdict.OTHERS;
    } else if (uncounted >= STRANGE_MIN && missing >= CLEAR_SECTORS) {
      verdict = Verdict.NOT_COUNTED;
    } else if (calm >= CALM_READINGS) {
      verdict = Verdict.ALONE;
      ahead = 0;
    }
  }

  private static long sectors(DiskStat counted) {
    return counted.reads().sectors() + counted.writes().sectors();
  }
}
