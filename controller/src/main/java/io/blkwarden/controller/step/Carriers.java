package io.blkwarden.controller.step;

import io.blkwarden.controller.fleet.HostState;
import io.blkwarden.controller.fleet.Metric;
import io.blkwarden.controller.plan.ClearRule;
import io.blkwarden.controller.policy.Threshold;
import io.blkwarden.model.Restraint;
import org.jspecify.annotations.Nullable;

/**
 * Which of a domain's disks carry its total load.
 *
 * <p>A policy about a total opens a case for each disk that it matches, and only those that carry
 * the load are breached: the disks are taken from the busiest one on, until the others together are
 * below {@code clear_below}. Loads are smoothed, so that disks that take turns all carry.
 */
final class Carriers {
  private Carriers() {}

  /** Whether a breach of the total may be one of this disk; true where no total is measured. */
  static boolean carries(HostWatch watch, Case about) {
    Threshold when = about.detector.when();
    Metric metric = when.metric();
    if (!metric.isTotal()) {
      return true;
    }
    if (Double.isNaN(watch.state.value(metric.ofEachDisk(), about.row)) || about.load <= 0) {
      return false; // a disk is judged by its own I/O only
    }
    double left = 0;
    boolean busiest = true;
    for (int row : watch.state.domainRows(metric, about.row)) {
      Case other = watch.find(row, about.policyIndex);
      if (other == null) {
        continue;
      }
      boolean before =
          other.load > about.load || (other.load == about.load && other.row < about.row);
      busiest &= !before;
      left += before ? 0 : other.load;
    }
    boolean onlyAlerts = about.policy.then().ladder().isEmpty();
    return onlyAlerts ? busiest : left > when.clearBelow();
  }

  /**
   * Whether a low value may count as calm, with what holds the disk back; for a total, with what
   * holds any of the domain's disks back.
   */
  static ClearRule.Verdict mayClear(World world, HostWatch watch, Metric metric, int row) {
    if (!metric.isTotal()) {
      return ofDisk(world, watch, row);
    }
    ClearRule.Verdict worst = ClearRule.Verdict.CLEAR;
    for (int each : watch.state.domainRows(metric, row)) {
      ClearRule.Verdict one =
          watch.state.gone(each) ? ClearRule.Verdict.CLEAR : ofDisk(world, watch, each);
      if (one == ClearRule.Verdict.BACKLOGGED) {
        return one;
      }
      worst = one == ClearRule.Verdict.UNKNOWN ? one : worst;
    }
    return worst;
  }

  private static ClearRule.Verdict ofDisk(World world, HostWatch watch, int row) {
    HostState state = watch.state;
    return mayClear(world.throttles.of(watch.host(), state.disk(row).key()), state, row);
  }

  private static ClearRule.Verdict mayClear(@Nullable Throttle held, HostState state, int row) {
    return switch (held == null ? null : held.restraint) {
      case null -> ClearRule.Verdict.CLEAR;
      case Restraint.Priority _ ->
          ClearRule.ofUtil(state.value(Metric.UTIL, row), state.utilAtMost(row));
      case Restraint.Limit limit ->
          ClearRule.ofLimit(
              limit,
              state.value(Metric.READ_IOPS, row),
              state.value(Metric.WRITE_IOPS, row),
              state.value(Metric.UTIL, row));
    };
  }
}
