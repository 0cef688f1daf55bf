package io.blkwarden.controller.fleet;

/** What became of a sample batch. */
public enum BatchResult {
  /** Rates are those of the time since the batch before; single rows may still be unknown. */
  MEASURED,
  /** A first batch, or one after a long gap: it only begins the next window, all rates unknown. */
  BEGUN,
  /** Older than what is known, or the same again: nothing changed. */
  STALE,
  /** Counts from a base that is not known: nothing changed, a snapshot is needed. */
  UNKNOWN_BASE
}
