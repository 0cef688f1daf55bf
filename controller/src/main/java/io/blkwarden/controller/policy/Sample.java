package io.blkwarden.controller.policy;

import io.blkwarden.controller.fleet.HostState;
import io.blkwarden.controller.fleet.Metric;
import io.blkwarden.model.HostId;
import org.jspecify.annotations.Nullable;

/** A disk's last window, as detectors see it; mutable, reused for all disks. */
public final class Sample {
  private HostState state = new HostState(HostId.FLEET);
  private int row;
  private boolean conditionHolds;
  private ClearRule.Verdict mayClear = ClearRule.Verdict.UNKNOWN;
  private @Nullable DetectorFeed feed;
  private double own;

  /**
   * Sets the disk.
   *
   * @param state of its host
   * @param row of the disk
   * @param feed of the policy; absent when it has none
   * @param gateHolds whether the policy's further condition is true; false when that is unknown
   * @param mayClear whether a low value means that the cause is gone
   */
  public void set(
      HostState state,
      int row,
      @Nullable DetectorFeed feed,
      boolean gateHolds,
      ClearRule.Verdict mayClear) {
    this.state = state;
    this.row = row;
    this.conditionHolds = gateHolds;
    this.mayClear = mayClear;
    this.feed = feed;
  }

  /**
   * Sets the value of a device or host.
   *
   * @param value {@link Double#NaN} when it is unknown
   * @param holds whether the policy's further condition is true; false when that is unknown
   */
  public void set(HostState state, double value, boolean holds) {
    set(state, -1, null, holds, ClearRule.Verdict.CLEAR);
    this.own = value;
  }

  /** The feed of the policy; absent when it has none. */
  public @Nullable DetectorFeed feed() {
    return feed;
  }

  /** The disk's row. */
  public int row() {
    return row;
  }

  /** A metric; {@link Double#NaN} when it is unknown. */
  public double value(Metric metric) {
    return state.value(metric, row);
  }

  /** What is compared with a threshold; see {@link #comparable}. */
  public double value(Threshold when) {
    return row < 0 ? own : comparable(state, row, when.metric(), when.above());
  }

  /**
   * A metric as far as it can be compared with a threshold. A total of which a disk is missing is a
   * lower bound: it can prove that the threshold is exceeded, not that it is not.
   *
   * @return {@link Double#NaN} when it is unknown
   */
  public static double comparable(HostState state, int row, Metric metric, double above) {
    double value = state.value(metric, row);
    return value > above || state.complete(metric, row) ? value : Double.NaN;
  }

  /** Whether the policy's further condition is true. */
  public boolean conditionHolds() {
    return conditionHolds;
  }

  /** Whether a low value means that the cause is gone. */
  public ClearRule.Verdict mayClear() {
    return mayClear;
  }

  /** Length of the window in ms; 0 when it is unknown. */
  public long windowMillis() {
    return state.windowMillis();
  }
}
