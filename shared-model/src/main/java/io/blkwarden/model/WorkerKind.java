package io.blkwarden.model;

/** The kind of a disk's worker in dom0. */
public enum WorkerKind implements WireName {
  /** A kernel thread of blkback, one per ring. */
  BLKBACK,
  /** A tapdisk process. */
  TAPDISK,
  /** A QEMU process. */
  QEMU
}
