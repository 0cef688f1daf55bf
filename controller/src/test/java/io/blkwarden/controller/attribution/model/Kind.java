package io.blkwarden.controller.attribution.model;

/** What happens in a generated incident. */
public enum Kind {
  /** A guest swaps: many small random requests in flight. */
  SWAP_STORM,
  /** A guest reads all of its disk in large requests. */
  BACKUP_READ,
  /** All guests ask for somewhat more; none is a culprit. */
  MANY_SMALL,
  /** Two guests swap at once. */
  TWO_CULPRITS,
  /** The disk takes six times as long; none is a culprit. */
  SLOW_DEVICE,
  /** A guest reads all of its disk, and another has always asked for the most I/Os. */
  LOUD_VICTIM,
  /** A guest swaps or reads its disk, and a small periodic job runs in just these slots. */
  COINCIDENCE,
  /** A guest swaps or reads its disk, and another has bursts at other times too. */
  BURSTY_NEIGHBOUR
}
