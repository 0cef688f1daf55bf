package io.blkwarden.controller.policy.swap;

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
import io.blkwarden.controller.policy.yaml.Value;
import io.blkwarden.model.Require;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A policy on sustained swapping in both directions: the domain needs memory, not I/O.
 *
 * @param name unique, 1 to 100 characters
 * @param mode how far it may go
 * @param match which domains, by their swap disks
 * @param when the threshold of {@code swap.bytes_per_s}
 * @param onlyIf a further condition; absent when there is none
 * @param blame restricts it to disks that cause others' latency; absent when it does not
 * @param then what to do
 */
public record SwapPolicy(
    String name,
    Mode mode,
    Match match,
    Threshold when,
    @Nullable Condition onlyIf,
    @Nullable AttributionClause blame,
    Response then)
    implements DiskPolicy {
  /** The kind {@code swap: { above, for, clear_below, clear_for }}. */
  public static final PolicyKind KIND = new PolicyKind("swap", SwapPolicy::read);

  public SwapPolicy {
    Require.text(name, 100, "name");
  }

  private static Optional<SwapPolicy> read(Section policy, String name, Mode mode) {
    DiskRule rule = DiskRule.read(policy);
    return policy
        .section(KIND.key())
        .flatMap(SwapPolicy::when)
        .map(when ->
            new SwapPolicy(
                name, mode, rule.match(), when, rule.onlyIf(), rule.blame(), rule.then()));
  }

  private static Optional<Threshold> when(Section in) {
    Optional<Metric> metric = Optional.of(Metric.SWAP_BYTES);
    Optional<Double> above = in.needAmount("above", metric);
    Optional<Long> forMillis = in.need("for", Value.DURATION);
    Optional<Double> clearBelow = Threshold.clearBelow(in, metric, above);
    long clearFor = in.get("clear_for", Value.DURATION, Threshold.CLEAR_FOR_MILLIS);
    return in.make(() ->
        new Threshold(
            Metric.SWAP_BYTES,
            above.orElseThrow(),
            forMillis.orElseThrow(),
            clearBelow.orElseThrow(),
            clearFor));
  }

  @Override
  public Detector detector(double above) {
    return new SwapDetector(when);
  }

  @Override
  public boolean oncePerDomain() {
    return true;
  }
}
