package io.blkwarden.controller.fleet;

/** What a mapping event did to a host's state. */
public enum MappingChange {
  /** The whole map was replaced: rows have new numbers. */
  REPLACED,

  /** It was sent again as it is, with a new base of counters. */
  REBASED,
  /** Single disks changed; rows keep their numbers. */
  UPDATED,
  /** Already known, or older. */
  IGNORED,
  /** Events before this one are missing: a snapshot is needed. */
  GAP
}
