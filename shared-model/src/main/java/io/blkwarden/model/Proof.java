package io.blkwarden.model;

/** How a worker was proven to serve its disk. */
public enum Proof implements WireName {
  /** The backend wrote the thread's pid to its xenstore node. */
  KTHREAD_PID,
  /** The thread's untruncated name is unique, and all rings are present. */
  FULL_NAME,
  /**
   * The thread's read counter lay between two readings of the disk's, twice, and no other's did.
   */
  COUNTER_BRACKET,
  /** A bio of this thread on this disk's device was traced. */
  TRACED_BIO,
  /** All other disks and threads of the domain are proven, and one of each remains. */
  ELIMINATION,
  /** A tapdisk has the disk's ring and statistics open, or a QEMU of the guest its image. */
  OPEN_FILES
}
