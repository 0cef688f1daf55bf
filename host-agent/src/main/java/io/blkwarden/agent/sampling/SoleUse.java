package io.blkwarden.agent.sampling;

import io.blkwarden.agent.kernel.DiskStat;
import org.jspecify.annotations.Nullable;

/**
 * Whether a blkback disk is the only user of its block device, found by holding the sectors that
 * blkback counted for the disk against those that the device counted.
 *
 * <p>blkback counts a request when it submits it, the device when it completes, and the device is
 * read first: so a device that only the disk uses never gets ahead by more than what was in flight.
 * One that does serves others too: a mount or a backup in dom0, a partition or volume on it. A
 * device that counts nothing while the disk does I/O does not count at all. blkback's counters are
 * believed against the device's only once they were seen to move. Not safe for use by several
 * threads.
 */
final class SoleUse {
  /** What was found. */
  enum Verdict {
    /** The device's counters are those of the disk. */
    ALONE,
    /** Others use the device too. */
    OTHERS,
    /** The kernel counts no I/O of the device. */
    NOT_COUNTED
  }

  /** Sectors that may be in flight on a ring: 32 requests of 128 KiB. */
  static final long RING_SECTORS = 8_192;

  /** Sectors between two readings that others may use without being noticed: probes of dom0. */
  static final long TOLERATED_SECTORS = 512;

  /** Sectors that are more than chance. */
  static final long CLEAR_SECTORS = 64;

  /** Readings without a foreign sector after which the disk counts as alone again. */
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
   * A disk of which nothing is known yet, which so far counts as alone.
   *
   * @param rings that serve it
   */
  SoleUse(int rings) {
    aheadMax = RING_SECTORS * Math.max(1, rings);
  }

  /** The verdict so far. */
  Verdict verdict() {
    return verdict;
  }

  /** Whether blkback's sectors are to be read now, to be judged; asked at every reading. */
  @SuppressWarnings("ReferenceEquality") // the very value that an idle device keeps
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

  /** Takes both counts, the device's having been read first. */
  @SuppressWarnings("ReferenceEquality") // the very value that an idle device keeps
  Verdict judge(DiskStat counted, long own) {
    long device = sectors(counted);
    boolean known = ownSectors >= 0 && own >= ownSectors && device >= deviceSectors;
    if (known) {
      judge(device - deviceSectors, own - ownSectors, counted == seen && counted.isIdle());
    } else { // the guest connected again, or the device is another one
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

  private void judge(long ofDevice, long ofDisk, boolean stood) {
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
