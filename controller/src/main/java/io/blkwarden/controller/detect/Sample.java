package io.blkwarden.controller.detect;

import io.blkwarden.controller.fleet.HostState;
import io.blkwarden.controller.fleet.Metric;
import io.blkwarden.controller.policy.Threshold;
import io.blkwarden.controller.throttle.ClearRule;
import io.blkwarden.model.HostId;
import org.jspecify.annotations.Nullable;

/** One disk's last window, as detectors look at it; mutable, one serves all. */
public final class Sample {
  private HostState state = new HostState(HostId.FLEET);
  private int row;
  private boolean gateHolds;
  private ClearRule.Verdict mayClear = ClearRule.Verdict.UNKNOWN;
  private BudgetTable.@Nullable Standing standing;

  /**
   * Makes it another disk's.
   *
   * @param state of its host
   * @param row of the disk
   * @param gateHolds whether the policy's other conditions hold; false when that is unknown
   * @param mayClear whether a low value means that the cause is gone
   */
  public void set(HostState state, int row, boolean gateHolds, ClearRule.Verdict mayClear) {
    this.state = state;
    this.row = row;
    this.gateHolds = gateHolds;
    this.mayClear = mayClear;
    this.standing = null;
  }

  /** Says how the disk stands with its budgets, until it is made another disk's. */
  public void standing(BudgetTable.Standing now) {
    standing = now;
  }

  BudgetTable.@Nullable Standing standing() {
    return standing;
  }

  /** A metric; {@link Double#NaN} when it is unknown. */
  double value(Metric metric) {
    return state.value(metric, row);
  }

  /** What is compared with a threshold; see {@link #comparable}. */
  double value(Threshold when) {
    return comparable(state, row, when.metric(), when.above());
  }

  /**
   * A metric as far as it can be compared with a threshold. A total of which a disk is missing is a
   * lower bound: it proves that the threshold is exceeded, and never that it is not.
   *
   * @return {@link Double#NaN} when it is unknown
   */
  public static double comparable(HostState state, int row, Metric metric, double above) {
    double value = state.value(metric, row);
    return value > above || state.complete(metric, row) ? value : Double.NaN;
  }

  boolean gateHolds() {
    return gateHolds;
  }

  ClearRule.Verdict mayClear() {
    return mayClear;
  }

  /** Length of the window in ms; 0 when it is unknown. */
  long windowMillis() {
    return state.windowMillis();
  }
}
