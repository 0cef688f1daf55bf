package io.blkwarden.controller.policy.baseline;

import io.blkwarden.controller.baseline.BaselineTable;
import io.blkwarden.controller.baseline.DiskClass;
import io.blkwarden.controller.fleet.DeviceClass;
import io.blkwarden.controller.fleet.HostState;
import io.blkwarden.controller.fleet.Metric;
import io.blkwarden.controller.policy.DetectorFeed;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The means that a host's disks add to the fleet's baselines, and the thresholds that they get from
 * them; mutable, owned by one thread.
 *
 * <p>Takes 12 bytes per row. Without a threshold a row is never over it.
 */
public final class OutlierTable implements DetectorFeed {
  private final OutlierPolicy policy;
  private final Metric metric;
  private final @Nullable DiskClass[] classes;
  private final float[] sums;
  private final int[] millis;
  private final float[] levels;

  /**
   * A table without thresholds.
   *
   * @param policy whose
   * @param classes of each row; null where the policy does not match
   */
  public OutlierTable(OutlierPolicy policy, List<@Nullable DiskClass> classes) {
    this.policy = policy;
    metric = policy.least().metric();
    this.classes = classes.toArray(DiskClass[]::new);
    sums = new float[this.classes.length];
    millis = new int[this.classes.length];
    levels = new float[this.classes.length];
    Arrays.fill(levels, Float.NaN);
  }

  @Override
  public double take(HostState state, int row) {
    double value = state.value(metric, row);
    if (!Double.isNaN(value)) {
      long window = state.windowMillis();
      sums[row] += (float) (value * window);
      millis[row] = (int) Math.min(Integer.MAX_VALUE, millis[row] + window);
    }
    return value;
  }

  @Override
  public double above(int row) {
    return levels[row];
  }

  /** Adds each disk's mean since the last time, if most of the window was measured. */
  public void give(BaselineTable baselines, long nowMillis) {
    for (int row = 0; row < classes.length; row++) {
      DiskClass of = classes[row];
      if (of != null && 2L * millis[row] >= of.windowMillis()) {
        baselines.add(of, sums[row] / millis[row], nowMillis);
      }
      sums[row] = 0;
      millis[row] = 0;
    }
  }

  /** Takes the thresholds that apply from now on. */
  public void learn(BaselineTable baselines) {
    DiskClass last = null;
    float level = Float.NaN;
    for (int row = 0; row < classes.length; row++) {
      DiskClass of = classes[row];
      if (of != null && !of.equals(last)) {
        level = (float) baselines.threshold(of, policy.level());
        last = of;
      }
      levels[row] = of == null ? Float.NaN : level;
    }
  }

  /** The window over which values are means, in ms. */
  public long windowMillis() {
    return policy.baselineWindowMillis();
  }

  /** Where a row's threshold comes from, in words. */
  public String origin(BaselineTable baselines, int row) {
    DiskClass of = Objects.requireNonNull(classes[row]);
    String plan = of.plan().isEmpty() ? "" : " of plan " + of.plan();
    return levels[row] <= (float) policy.level().floor()
        ? "the floor of %s".formatted(policy.name())
        : "the fleet's %s of %d %s disks%s%s"
            .formatted(
                policy.level().text(),
                baselines.disks(of),
                of.role().wire(),
                of.device() == DeviceClass.UNKNOWN ? "" : " on " + of.device().wire(),
                plan);
  }

  @Override
  public void carry(int row, DetectorFeed before, int oldRow) {
    if (before instanceof OutlierTable old && Objects.equals(classes[row], old.classes[oldRow])) {
      sums[row] = old.sums[oldRow];
      millis[row] = old.millis[oldRow];
      levels[row] = old.levels[oldRow];
    }
  }
}
