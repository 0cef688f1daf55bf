package io.blkwarden.controller.policy.baseline;

import io.blkwarden.controller.baseline.BaselineThreshold;
import io.blkwarden.controller.baseline.DiskClass;
import io.blkwarden.controller.fleet.DeviceClass;
import io.blkwarden.controller.fleet.Metric;
import io.blkwarden.controller.fleet.MetricScope;
import io.blkwarden.controller.policy.Detector;
import io.blkwarden.controller.policy.DetectorFeed;
import io.blkwarden.controller.policy.DiskPolicy;
import io.blkwarden.controller.policy.Mode;
import io.blkwarden.controller.policy.Policy;
import io.blkwarden.controller.policy.Threshold;
import io.blkwarden.controller.policy.threshold.ThresholdPolicy;
import io.blkwarden.controller.policy.yaml.Section;
import io.blkwarden.controller.policy.yaml.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A policy on one metric over a threshold that follows the fleet's disks of the same class.
 *
 * <p>After CPI2 (Zhang et al., EuroSys 2013, section 4.1): an outlier is above the mean plus two
 * sigmas, and three outliers in five minutes count.
 *
 * @param level how the threshold follows the fleet
 * @param least the threshold when the floor applies, with its times and windows
 */
public record OutlierPolicy(DiskPolicy.Rule rule, BaselineThreshold level, Threshold least)
    implements DiskPolicy {
  /** Window of the fleet's means when the policy has none. */
  private static final long WINDOW_MILLIS = 60_000;

  /** The kind {@code when: { metric, above_fleet: { mean_plus_sigmas | percentile, floor } }}. */
  public static final Policy.Kind KIND =
      new Policy.Kind("when", "above_fleet", OutlierPolicy::read);

  private static final Value<Double> SIGMAS = Value.number("a number of sigmas, 0 to 10", 0, 10);
  private static final Value<Double> PERCENTILE =
      Value.number("a percentile above 0 and below 100", 0, 100)
          .where(part -> part > 0 && part < 100);
  private static final Value<Integer> DISKS =
      Value.integer("a number of disks, 2 to 1000000", 2, 1_000_000);

  private static Optional<OutlierPolicy> read(Section policy, String name, Mode mode) {
    DiskPolicy.Rule rule = DiskPolicy.Rule.read(policy, name, mode);
    Section when = policy.section(KIND.key()).orElseThrow();
    Optional<Metric> metric = when.metric();
    if (metric.isPresent() && metric.get().scope() != MetricScope.DISK) {
      when.problem("metric", "expected a metric of disks: others are not compared with the fleet");
    }
    Optional<Section> fleet = when.section(KIND.marker());
    Optional<Double> floor = fleet.flatMap(in -> in.needAmount("floor", metric));
    Optional<BaselineThreshold> level = fleet.flatMap(in -> level(in, floor));
    Optional<Threshold> least = Threshold.read(when, metric, floor);
    return when.make(() -> new OutlierPolicy(rule, level.orElseThrow(), least.orElseThrow()));
  }

  private static Optional<BaselineThreshold> level(Section in, Optional<Double> floor) {
    Optional<Double> sigmas = in.get("mean_plus_sigmas", SIGMAS);
    Optional<Double> percentile = in.get("percentile", PERCENTILE);
    int disks = in.get("min_disks", DISKS, BaselineThreshold.MIN_DISKS);
    if (in.has("mean_plus_sigmas") == in.has("percentile")) {
      in.problem("mean_plus_sigmas", "expected either 'mean_plus_sigmas' or 'percentile'");
    }
    return in.make(() ->
        new BaselineThreshold(
            sigmas.orElse(0.0), percentile.orElse(null), floor.orElse(0.0), disks));
  }

  @Override
  public long baselineWindowMillis() {
    Threshold.Windows windows = least.windows();
    return windows == null ? WINDOW_MILLIS : Math.max(1_000, windows.millis());
  }

  @Override
  public Detector detector(double above) {
    Threshold when =
        new Threshold(
            least.metric(),
            above,
            least.forMillis(),
            above / 2,
            least.clearForMillis(),
            least.samples(),
            least.windows());
    return ThresholdPolicy.of(when);
  }

  @Override
  public DetectorFeed feed(List<DetectorFeed.@Nullable Row> rows) {
    List<@Nullable DiskClass> classes = new ArrayList<>();
    for (DetectorFeed.@Nullable Row row : rows) {
      classes.add(row == null ? null : of(row));
    }
    return new OutlierTable(this, classes);
  }

  private DiskClass of(DetectorFeed.Row row) {
    String plan = row.labels().plan();
    return new DiskClass(
        least.metric(),
        baselineWindowMillis(),
        row.disk().volume().role(),
        DeviceClass.of(row.disk().physical()),
        plan.length() > 64 ? plan.substring(0, 64) : plan);
  }

  /** The published one: the threshold of the fleet may be another by now. */
  @Override
  public double clearBelow(double published) {
    return published;
  }

  @Override
  public Threshold when() {
    return least;
  }
}
