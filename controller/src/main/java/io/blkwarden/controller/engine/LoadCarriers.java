package io.blkwarden.controller.engine;

import io.blkwarden.controller.fleet.HostState;
import io.blkwarden.controller.fleet.Metric;
import io.blkwarden.controller.policy.ClearRule;
import io.blkwarden.controller.policy.Threshold;
import io.blkwarden.controller.throttle.Lease;
import io.blkwarden.model.Restraint;

/**
 * The disks of a domain that carry its total load.
 *
 * <p>A policy about a total evaluates each disk that it matches, but only those that carry the load
 * are breached: the busiest ones, until the others together are below {@code clear_below}. Loads
 * are smoothed, so that disks that alternate all carry.
 */
final class LoadCarriers {
  private LoadCarriers() {}

  /** Whether a breach of the total concerns this disk; true for other metrics. */
  static boolean carries(Evaluation evaluation) {
    HostTracker tracker = evaluation.tracker;
    Threshold when = evaluation.detector.when();
    Metric metric = when.metric();
    if (!metric.isTotal()) {
      return true;
    }
    if (Double.isNaN(tracker.state.value(metric.ofEachDisk(), evaluation.row))
        || evaluation.load <= 0) {
      return false; // a disk is evaluated by its own I/O only
    }
    double left = 0;
    boolean busiest = true;
    for (int row : tracker.state.domainRows(metric, evaluation.row)) {
      Evaluation other = tracker.find(row, evaluation.policyIndex);
      if (other == null) {
        continue;
      }
      boolean before =
          other.load > evaluation.load
              || (other.load == evaluation.load && other.row < evaluation.row);
      busiest &= !before;
      left += before ? 0 : other.load;
    }
    boolean onlyAlerts = evaluation.policy.then().ladder().isEmpty();
    return onlyAlerts ? busiest : left > when.clearBelow();
  }

  /**
   * Whether a low value counts as calm in spite of a throttle on the disk; for a total, on any of
   * the domain's disks.
   */
  static ClearRule.Verdict mayClear(
      EngineState engine, HostTracker tracker, Metric metric, int row) {
    if (!metric.isTotal()) {
      return ofDisk(engine, tracker, row);
    }
    ClearRule.Verdict worst = ClearRule.Verdict.CLEAR;
    for (int each : tracker.state.domainRows(metric, row)) {
      ClearRule.Verdict one =
          tracker.state.gone(each) ? ClearRule.Verdict.CLEAR : ofDisk(engine, tracker, each);
      if (one == ClearRule.Verdict.BACKLOGGED) {
        return one;
      }
      worst = one == ClearRule.Verdict.UNKNOWN ? one : worst;
    }
    return worst;
  }

  private static ClearRule.Verdict ofDisk(EngineState engine, HostTracker tracker, int row) {
    HostState state = tracker.state;
    Throttle held = engine.throttles.of(tracker.host(), state.disk(row).key());
    Lease lease = held == null ? null : held.lease();
    return switch (lease == null ? null : lease.restraint()) {
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
