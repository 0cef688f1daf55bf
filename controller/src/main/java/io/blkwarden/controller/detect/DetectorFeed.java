package io.blkwarden.controller.detect;

import io.blkwarden.controller.fleet.HostState;

/**
 * What a policy must be told of every sample of a host's disks, because a level alone does not
 * decide; mutable, owned by one thread. Taking a sample allocates nothing.
 */
public sealed interface DetectorFeed permits BudgetTable, OutlierTable {
  /** Tells the time, before the samples of a batch. */
  void begin(long nowMillis);

  /** Takes a row's last window; what is compared with {@link #above}, NaN when unknown. */
  double take(HostState state, int row);

  /** What the value must exceed for anything to happen; NaN when nothing can. */
  double above(int row);

  /** Takes over what was known of a disk, which had this row in the one before. */
  void carry(int row, DetectorFeed before, int oldRow);
}
