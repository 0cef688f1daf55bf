package io.blkwarden.controller.policy.threshold;

import io.blkwarden.controller.fleet.Metric;
import io.blkwarden.controller.policy.AttributionClause;
import io.blkwarden.controller.policy.Condition;
import io.blkwarden.controller.policy.Detector;
import io.blkwarden.controller.policy.DiskPolicy;
import io.blkwarden.controller.policy.DiskRule;
import io.blkwarden.controller.policy.Match;
import io.blkwarden.controller.policy.Mode;
import io.blkwarden.controller.policy.PolicyKind;
import io.blkwarden.controller.policy.Response;
import io.blkwarden.controller.policy.Threshold;
import io.blkwarden.controller.policy.yaml.Section;
import io.blkwarden.model.Require;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A policy on one metric over a threshold for a time.
 *
 * @param name unique, 1 to 100 characters
 * @param mode how far it may go
 * @param match which disks
 * @param when the threshold
 * @param onlyIf a further condition; absent when there is none
 * @param blame restricts it to disks that cause others' latency; absent when it does not
 * @param then what to do
 */
public record ThresholdPolicy(
    String name,
    Mode mode,
    Match match,
    Threshold when,
    @Nullable Condition onlyIf,
    @Nullable AttributionClause blame,
    Response then)
    implements DiskPolicy {
  /** The kind {@code when: { metric, above, for }}. */
  public static final PolicyKind KIND = new PolicyKind("when", ThresholdPolicy::read);

  public ThresholdPolicy {
    Require.text(name, 100, "name");
  }

  private static Optional<ThresholdPolicy> read(Section policy, String name, Mode mode) {
    DiskRule rule = DiskRule.read(policy);
    if (!policy.known(KIND.key())) {
      policy.missing(KIND.key(), "a condition { metric, above, for }");
    }
    return policy
        .section(KIND.key())
        .flatMap(ThresholdPolicy::when)
        .map(when ->
            new ThresholdPolicy(
                name, mode, rule.match(), when, rule.onlyIf(), rule.blame(), rule.then()));
  }

  private static Optional<Threshold> when(Section in) {
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
