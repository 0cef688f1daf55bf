package io.blkwarden.model;

/** The kind of a disk's backend: the directory below {@code backend/} in xenstore. */
public enum BackendKind implements WireName {
  /** The kernel's blkback. */
  VBD,
  /** tapdisk through tapback (XenServer, XCP-ng). */
  VBD3,
  /** A QEMU process. */
  QDISK,
  /** The old blktap. */
  TAP
}
