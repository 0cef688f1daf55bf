package io.blkwarden.controller.policy;

import io.blkwarden.model.Require;
import org.jspecify.annotations.Nullable;

/**
 * A domain whose swap disks are read and written for a time: it needs memory, not I/O.
 *
 * @param name unique, 1 to 100 characters
 * @param mode how far it may go
 * @param match which domains, by their swap disks
 * @param when the level of {@code swap.bytes_per_s}
 * @param onlyIf what else must hold; absent when nothing must
 * @param attribution whom it may act on; absent when its condition alone decides that
 * @param then what to do
 */
public record SwapPolicy(
    String name,
    Mode mode,
    Match match,
    Threshold when,
    @Nullable Condition onlyIf,
    @Nullable AttributionClause attribution,
    Response then)
    implements DiskPolicy {
  public SwapPolicy {
    Require.text(name, 100, "name");
    Require.present(mode, "mode");
    Require.present(match, "match");
    Require.present(when, "when");
    Require.present(then, "then");
  }
}
