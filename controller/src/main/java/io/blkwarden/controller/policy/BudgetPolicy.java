package io.blkwarden.controller.policy;

import io.blkwarden.controller.fleet.Metric;
import io.blkwarden.model.Require;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a disk may use on average over several windows at once: it warns first, and acts when a
 * budget is used up.
 *
 * @param name unique, 1 to 100 characters
 * @param mode how far it may go
 * @param match which disks
 * @param lines the budgets, 1 to {@link #LINES_MAX}; any of them counts
 * @param warnAt part of a budget from which on it warns, above 0 to 1
 * @param onlyIf what else must hold; absent when nothing must
 * @param attribution whom it may act on; absent when its condition alone decides that
 * @param then what to do
 */
public record BudgetPolicy(
    String name,
    Mode mode,
    Match match,
    List<Line> lines,
    double warnAt,
    @Nullable Condition onlyIf,
    @Nullable AttributionClause attribution,
    Response then)
    implements DiskPolicy {
  /** Most budgets of a policy, so that a disk's use takes at most 400 bytes. */
  public static final int LINES_MAX = 4;

  /** It is over when the use fell to this part of where the warning begins. */
  private static final double CLEAR = 0.9;

  public BudgetPolicy {
    Require.text(name, 100, "name");
    Require.present(mode, "mode");
    Require.present(match, "match");
    lines = Require.list(lines, LINES_MAX, "budget");
    Require.within(lines.size(), 1, LINES_MAX, "budget (count)");
    if (!(warnAt > 0 && warnAt <= 1)) {
      throw new IllegalArgumentException("warn_at: expected above 0 to 1, found " + warnAt);
    }
    Require.present(then, "then");
  }

  /**
   * One budget.
   *
   * @param metric what is used
   * @param meanAbove used up when the mean over the window is greater; above 0
   * @param overMillis the window, 10 s to 24 h
   */
  public record Line(Metric metric, double meanAbove, long overMillis) {
    /** Shortest window. */
    public static final long OVER_MIN_MILLIS = 10_000;

    public Line {
      Require.present(metric, "budget.metric");
      Require.finite(meanAbove, "budget.mean_above");
      if (meanAbove <= 0) {
        throw new IllegalArgumentException("mean_above: expected above 0, found " + meanAbove);
      }
      Require.within(overMillis, OVER_MIN_MILLIS, PolicyLimits.DURATION_MAX_MILLIS, "budget.over");
    }
  }

  /** A budget as a level: the use that it allows, and the one at which it is over. */
  public Threshold threshold(int line) {
    Line of = lines.get(line);
    return new Threshold(of.metric(), of.meanAbove(), of.overMillis(), clear(line), 0);
  }

  private double clear(int line) {
    return lines.get(line).meanAbove() * clearAt();
  }

  /** Part of a budget below which it is over. */
  public double clearAt() {
    return warnAt * CLEAR;
  }

  @Override
  public Threshold when() {
    return threshold(0);
  }
}
