package io.blkwarden.controller.policy;

import io.blkwarden.model.Require;
import org.jspecify.annotations.Nullable;

/**
 * One disk's metric above a level for a time.
 *
 * @param name unique, 1 to 100 characters
 * @param mode how far it may go
 * @param match which disks
 * @param when the level
 * @param onlyIf what else must hold; absent when nothing must
 * @param attribution whom it may act on; absent when its condition alone decides that
 * @param then what to do
 */
public record ThresholdPolicy(
    String name,
    Mode mode,
    Match match,
    Threshold when,
    @Nullable Condition onlyIf,
    @Nullable AttributionClause attribution,
    Response then)
    implements DiskPolicy {
  public ThresholdPolicy {
    Require.text(name, 100, "name");
    Require.present(mode, "mode");
    Require.present(match, "match");
    Require.present(when, "when");
    Require.present(then, "then");
  }
}
