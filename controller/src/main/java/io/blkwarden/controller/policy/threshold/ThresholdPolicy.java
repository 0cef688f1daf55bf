package io.blkwarden.controller.policy.threshold;

import io.blkwarden.controller.fleet.Metric;
import io.blkwarden.controller.fleet.MetricScope;
import io.blkwarden.controller.policy.Detector;
import io.blkwarden.controller.policy.DiskPolicy;
import io.blkwarden.controller.policy.Mode;
import io.blkwarden.controller.policy.Policy;
import io.blkwarden.controller.policy.Threshold;
import io.blkwarden.controller.policy.yaml.Section;
import java.util.Optional;

/**
 * A policy on one metric over a threshold for a time.
 *
 * @param when the threshold
 */
public record ThresholdPolicy(DiskPolicy.Rule rule, Threshold when) implements DiskPolicy {
  /** The kind {@code when: { metric, above, for }}. */
  public static final Policy.Kind KIND = new Policy.Kind("when", ThresholdPolicy::read);

  private static Optional<? extends Policy> read(Section policy, String name, Mode mode) {
    DiskPolicy.Rule rule = DiskPolicy.Rule.read(policy, name, mode);
    if (!policy.known(KIND.key())) {
      policy.missing(KIND.key(), "a condition { metric, above, for }");
    }
    MetricScope scope = policy.get("scope", ScopedPolicy.SCOPE, MetricScope.DISK);
    if (scope != MetricScope.DISK) {
      return ScopedPolicy.read(policy, scope, rule);
    }
    return policy
        .section(KIND.key())
        .flatMap(ThresholdPolicy::when)
        .map(when -> new ThresholdPolicy(rule, when));
  }

  static Optional<Threshold> when(Section in) {
    Optional<Metric> metric = in.metric();
    Optional<Threshold> when = Threshold.read(in, metric, in.needAmount("above", metric));
    return in.make(when::orElseThrow);
  }

  @Override
  public Detector detector(double above) {
    return of(when);
  }

  /** A new detector of a threshold, over a time or over windows. */
  public static Detector of(Threshold when) {
    Threshold.Windows windows = when.windows();
    return windows == null ? new ThresholdTimer(when) : new WindowCounter(when, windows);
  }
}
