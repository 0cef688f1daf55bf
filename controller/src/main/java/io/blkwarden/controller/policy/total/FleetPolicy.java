package io.blkwarden.controller.policy.total;

import io.blkwarden.controller.fleet.Metric;
import io.blkwarden.controller.fleet.MetricScope;
import io.blkwarden.controller.fleet.MetricUnit;
import io.blkwarden.controller.policy.Match;
import io.blkwarden.controller.policy.Mode;
import io.blkwarden.controller.policy.Policy;
import io.blkwarden.controller.policy.Response;
import io.blkwarden.controller.policy.Threshold;
import io.blkwarden.controller.policy.yaml.Section;
import io.blkwarden.controller.policy.yaml.Value;
import io.blkwarden.model.message.Alert;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A policy on a total over the fleet, for a time; it only alerts.
 *
 * @param name unique, 1 to 100 characters
 * @param match which disks count; only by host for metrics of devices and hosts
 * @param total how values are combined
 * @param each the value above which one counts, for a count and a share; 0 for a sum
 * @param when the threshold of the total, with the metric that is totalled
 * @param severity of the alert
 */
public record FleetPolicy(
    String name, Match match, Total total, double each, Threshold when, Alert.Severity severity)
    implements Policy {
  /**
   * The kind {@code fleet: { metric, sum_above, for }}, or {@code fleet: { of: { metric, above },
   * count_above | share_above, for }}.
   */
  public static final Policy.Kind KIND = new Policy.Kind("fleet", FleetPolicy::read);

  private static final String KEYS = "expected one of sum_above, count_above and share_above";

  private static Optional<FleetPolicy> read(Section policy, String name, Mode mode) {
    Match match = Match.of(policy);
    Response then = Response.of(policy);
    if (!then.ladder().isEmpty()) {
      policy.problem("then.ladder", "expected nothing: a policy about the fleet only alerts");
    }
    if (policy.has("mode") && mode != Mode.OBSERVE) {
      policy.problem("mode", "expected observe: a policy about the fleet only alerts");
    }
    Optional<Section> fleet = policy.section(KIND.key());
    Optional<Total> total = fleet.flatMap(FleetPolicy::total);
    return total.flatMap(of -> read(policy, fleet.orElseThrow(), of, name, match, then.severity()));
  }

  private static Optional<Total> total(Section fleet) {
    List<Total> found = new ArrayList<>();
    for (Total each : Total.values()) {
      if (fleet.known(each.key)) {
        found.add(each);
      }
    }
    if (found.size() == 1) {
      return Optional.of(found.getFirst());
    }
    fleet.problem(
        found.isEmpty() ? Total.SUM.key : found.getLast().key,
        found.isEmpty() ? KEYS + ", found none" : KEYS);
    return Optional.empty();
  }

  private static Optional<FleetPolicy> read(
      Section policy,
      Section fleet,
      Total total,
      String name,
      Match match,
      Alert.Severity severity) {
    Optional<Section> of = total == Total.SUM ? Optional.of(fleet) : fleet.section("of");
    if (of.isEmpty()) {
      fleet.missing("of", "what counts as one, { metric, above }");
      return Optional.empty();
    }
    Optional<Metric> metric = of.get().metric();
    Optional<Double> each =
        total == Total.SUM ? Optional.of(0.0) : of.get().needAmount("above", metric);
    Optional<Value<Double>> type = total.type(metric);
    Optional<Double> above = type.flatMap(value -> fleet.need(total.key, value));
    boolean clears = fleet.known("clear_below");
    Optional<Double> clearBelow =
        clears ? type.flatMap(value -> fleet.get("clear_below", value)) : above.map(a -> a / 2);
    Optional<Long> forMillis = fleet.need("for", Value.DURATION);
    long clearFor = fleet.get("clear_for", Value.DURATION, Threshold.CLEAR_FOR_MILLIS);
    if (total != Total.SUM) {
      of.get().close();
    }
    boolean ofHosts =
        metric
            .filter(m -> m.scope() == MetricScope.HOST || m.scope() == MetricScope.DEVICE)
            .isPresent();
    if (ofHosts && !match.equals(Match.ofHosts(match.host()))) {
      policy.problem("match", "expected 'host' only: the metric is not one of disks");
    }
    if (above.isPresent() && clearBelow.isPresent() && clearBelow.get() > above.get()) {
      fleet.problem("clear_below", "expected at most the threshold, found more");
    }
    return fleet.make(() ->
        new FleetPolicy(
            name,
            match,
            total,
            each.orElseThrow(),
            new Threshold(
                metric.orElseThrow(),
                above.orElseThrow(),
                forMillis.orElseThrow(),
                clearBelow.orElseThrow(),
                clearFor),
            severity));
  }

  /** How values are combined. */
  public enum Total {
    /** The sum of all values. */
    SUM("sum_above", null),
    /** How many values are above {@link FleetPolicy#each}. */
    COUNT("count_above", MetricUnit.COUNT),
    /** The share of the values that are. */
    SHARE("share_above", MetricUnit.RATIO);

    private final String key;
    private final @Nullable MetricUnit unit;

    Total(String key, @Nullable MetricUnit unit) {
      this.key = key;
      this.unit = unit;
    }

    private Optional<Value<Double>> type(Optional<Metric> metric) {
      return Optional.ofNullable(unit).or(() -> metric.map(Metric::unit)).map(Value::amount);
    }
  }

  @Override
  public Mode mode() {
    return Mode.OBSERVE;
  }

  @Override
  public Response then() {
    return new Response(List.of(), Response.LEASE_MIN_MILLIS, severity);
  }

  /** The text of a total. */
  public String format(double value) {
    Metric metric = when.metric();
    return switch (total) {
      case SUM -> metric.format(value);
      case COUNT -> "%.0f".formatted(value);
      case SHARE -> "%.0f%%".formatted(value * 100);
    };
  }
}
