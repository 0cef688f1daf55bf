package io.blkwarden.model;

/** Why a disk has no proven workers. */
public enum UnresolvedReason implements WireName {
  /** The backend is not connected to its frontend. */
  NOT_CONNECTED,
  /** The backend is connected, but it has no thread or process yet, or its process has ended. */
  NO_THREAD_YET,
  /** The thread's name matches several disks, and no other proof exists yet. */
  AMBIGUOUS_NAME,
  /** Some of its rings have no thread yet. */
  RINGS_MISSING,
  /** Proofs conflict: different threads, or one thread for two disks. */
  CONFLICTING_PROOFS,
  /** xenstore and sysfs have different devices, or none yet. */
  DEVICE_UNSETTLED,
  /** A source that a proof needs could not be read. */
  SOURCE_UNREADABLE,
  /** The backend is not supported (old blktap), or no QEMU is proven to serve the disk. */
  UNSUPPORTED_BACKEND
}
