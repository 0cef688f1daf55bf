package io.blkwarden.controller.fleet;

/** The effect of a mapping event on a host's state. */
public enum MappingChange {
  /** The whole map was replaced: rows have new numbers. */
  REPLACED,

  /** The same map with a new base of counters. */
  REBASED,
  /** Single disks changed; rows keep their numbers. */
  UPDATED,
  /** Known already, or older. */
  IGNORED,
  /** Events before this one are missing: a snapshot is needed. */
  GAP
}
