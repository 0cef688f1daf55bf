package io.blkwarden.model;

/** Whether a disk's workers are proven. */
public enum MappingState implements WireName {
  /** Every worker of the disk is proven. */
  RESOLVED,
  /** Not all workers are proven: the disk is listed and sampled, but never throttled. */
  UNRESOLVED,
  /** The disk is being removed. */
  GONE
}
