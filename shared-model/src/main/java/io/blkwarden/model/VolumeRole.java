package io.blkwarden.model;

/** The guest's use of a volume, derived from the volume's name. */
public enum VolumeRole implements WireName {
  ROOT,
  SWAP,
  DATA
}
