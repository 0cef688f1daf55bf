package io.blkwarden.controller.attribution.model;

/** What happens in a generated incident. */
public enum Kind {
  /** A guest swaps: many small random requests in flight. */
  SWAP_STORM,
  /** A guest reads its whole disk in large requests. */
  BACKUP_READ,
  /** The load of all guests increases; none is a culprit. */
  MANY_SMALL,
  /** Two guests swap at once. */
  TWO_CULPRITS,
  /** The disk becomes six times slower; none is a culprit. */
  SLOW_DEVICE,
  /** A guest reads its whole disk, while another always has the most I/Os. */
  LOUD_VICTIM,
  /** A guest swaps or reads its disk, while a small periodic job runs in the same slots. */
  COINCIDENCE,
  /** A guest swaps or reads its disk, while another has bursts, also at other times. */
  BURSTY_NEIGHBOUR
}
