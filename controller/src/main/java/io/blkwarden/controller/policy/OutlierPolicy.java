package io.blkwarden.controller.policy;

import io.blkwarden.model.Require;
import org.jspecify.annotations.Nullable;

/**
 * One disk's metric above what the fleet's disks of its class do, for a time.
 *
 * <p>After CPI2 (Zhang et al., EuroSys 2013, section 4.1): an outlier is above the mean plus two
 * sigmas, and three outliers in five minutes count.
 *
 * @param name unique, 1 to 100 characters
 * @param mode how far it may go
 * @param match which disks
 * @param level how the level follows the fleet
 * @param least the level when the floor counts: how long, in which windows, and when it is over
 * @param onlyIf what else must hold; absent when nothing must
 * @param attribution whom it may act on; absent when its condition alone decides that
 * @param then what to do
 */
public record OutlierPolicy(
    String name,
    Mode mode,
    Match match,
    BaselineThreshold level,
    Threshold least,
    @Nullable Condition onlyIf,
    @Nullable AttributionClause attribution,
    Response then)
    implements DiskPolicy {
  /** Time over which the fleet's values are means, where the policy names no windows. */
  private static final long WINDOW_MILLIS = 60_000;

  public OutlierPolicy {
    Require.text(name, 100, "name");
    Require.present(mode, "mode");
    Require.present(match, "match");
    Require.present(level, "above_fleet");
    Require.present(least, "when");
    Require.present(then, "then");
  }

  /** The time over which the fleet's values are means. */
  public long windowMillis() {
    Threshold.Windows windows = least.windows();
    return windows == null ? WINDOW_MILLIS : Math.max(1_000, windows.millis());
  }

  /** The threshold when the fleet's level is this, at least the floor; it clears at half of it. */
  public Threshold threshold(double above) {
    return new Threshold(
        least.metric(),
        above,
        least.forMillis(),
        above / 2,
        least.clearForMillis(),
        least.samples(),
        least.windows());
  }

  @Override
  public Threshold when() {
    return least;
  }
}
