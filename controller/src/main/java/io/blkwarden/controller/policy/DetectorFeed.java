package io.blkwarden.controller.policy;

import io.blkwarden.controller.fleet.HostState;
import io.blkwarden.model.MappedDisk;
import java.util.Optional;

/**
 * The state of a policy that must see every sample of a host's disks, because a single value does
 * not decide; mutable, owned by one thread. Taking a sample allocates nothing.
 */
public interface DetectorFeed {
  /**
   * A row of a host that the policy matches.
   *
   * @param disk the row's disk
   * @param labels labels of its domain
   */
  record Row(MappedDisk disk, DomainLabels labels) {}

  /** Sets the time, before the samples of a batch. */
  default void begin(long nowMillis) {}

  /** Takes a row's last window; what is compared with {@link #above}, NaN when unknown. */
  double take(HostState state, int row);

  /** What the value must exceed to be evaluated further; NaN when nothing can. */
  double above(int row);

  /** Takes over the state of a disk, which had this row in the feed before. */
  default void carry(int row, DetectorFeed before, int oldRow) {}

  /**
   * The value on record, in alerts and histories.
   *
   * @param compared what {@link #take} returned
   */
  default double recorded(int row, double compared) {
    return compared;
  }

  /** Whether a breach of this row would be over now; empty when a value decides that. */
  default Optional<Boolean> over(int row) {
    return Optional.empty();
  }
}
