package io.blkwarden.controller.fleet;

/** The result of taking a sample batch. */
public enum BatchResult {
  /** Rates cover the time since the batch before; single rows may be unknown. */
  MEASURED,
  /** The first batch, or one after a long gap: it starts a window; all rates are unknown. */
  BEGUN,
  /** Older than the last batch, or a duplicate: ignored. */
  STALE,
  /** Counts from an unknown base: ignored; a snapshot is needed. */
  UNKNOWN_BASE
}
