package io.blkwarden.controller.policy.read;

import io.blkwarden.controller.fleet.Metric;
import io.blkwarden.controller.fleet.MetricScope;
import io.blkwarden.controller.fleet.MetricUnit;
import io.blkwarden.controller.policy.FleetPolicy;
import io.blkwarden.controller.policy.FleetPolicy.Total;
import io.blkwarden.controller.policy.Match;
import io.blkwarden.controller.policy.Policy;
import io.blkwarden.controller.policy.Response;
import io.blkwarden.controller.policy.Threshold;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * Reads the kind of policy that totals the fleet: {@code fleet: { metric, sum_above, for }}, or
 * {@code fleet: { of: { metric, above }, count_above | share_above, for }}.
 */
final class FleetReader {
  private static final Map<Total, String> KEYS = new EnumMap<>(Total.class);

  static {
    KEYS.put(Total.SUM, "sum_above");
    KEYS.put(Total.COUNT, "count_above");
    KEYS.put(Total.SHARE, "share_above");
  }

  private FleetReader() {}

  /** The policy; empty when there was a problem, which is told. */
  static Optional<Policy> read(Section section, String name) {
    int before = section.problems().count();
    Match match = section.section("match").map(MatchReader::read).orElse(Match.ANY);
    Response then =
        section.section("then").map(ResponseReader::read).orElse(ResponseReader.ALERT_ONLY);
    if (!then.ladder().isEmpty()) {
      wrong(section, "then.ladder", "expected nothing: a policy about the fleet only alerts");
    }
    section
        .take("mode")
        .filter(node -> !Section.shown(node).equals("observe"))
        .ifPresent(
            _ -> wrong(section, "mode", "expected observe: a policy about the fleet only alerts"));
    Optional<Section> fleet = section.section("fleet");
    Optional<Total> total = fleet.flatMap(FleetReader::total);
    if (fleet.isEmpty() || total.isEmpty()) {
      return Optional.empty();
    }
    Optional<Policy> policy = policy(section, fleet.get(), total.get(), name, match, then);
    return section.problems().count() == before ? policy : Optional.empty();
  }

  private static Optional<Total> total(Section fleet) {
    Optional<Total> found = Optional.empty();
    for (Map.Entry<Total, String> key : KEYS.entrySet()) {
      fleet.take(key.getValue());
      if (fleet.has(key.getValue())) {
        if (found.isPresent()) {
          wrong(fleet, key.getValue(), "expected one of sum_above, count_above and share_above");
        }
        found = Optional.of(key.getKey());
      }
    }
    if (found.isEmpty()) {
      wrong(
          fleet, "sum_above", "expected one of sum_above, count_above and share_above, found none");
    }
    return found;
  }

  private static Optional<Policy> policy(
      Section section, Section fleet, Total total, String name, Match match, Response then) {
    Optional<Section> of = total == Total.SUM ? Optional.of(fleet) : fleet.section("of");
    if (of.isEmpty()) {
      fleet.missing("of", "what counts as one, { metric, above }");
      return Optional.empty();
    }
    Optional<Metric> metric = DiskRuleReader.metric(of.get());
    Optional<Double> each =
        total == Total.SUM
            ? Optional.of(0.0)
            : DiskRuleReader.amount(of.get(), "above", metric, true);
    Optional<Double> above = level(fleet, KEYS.getOrDefault(total, ""), total, metric, true);
    Optional<Double> clear = level(fleet, "clear_below", total, metric, false);
    Optional<Long> forMillis = fleet.required("for", Units.DURATION, DiskRuleReader::duration);
    long clearFor =
        fleet
            .value("clear_for", Units.DURATION, DiskRuleReader::duration)
            .orElse(SustainReader.CLEAR_FOR_MILLIS);
    if (total != Total.SUM) {
      of.get().close();
    }
    fleet.close();
    if (metric.isEmpty() || each.isEmpty() || above.isEmpty() || forMillis.isEmpty()) {
      return Optional.empty();
    }
    boolean hostsOnly =
        metric.get().scope() == MetricScope.HOST || metric.get().scope() == MetricScope.DEVICE;
    if (hostsOnly && !match.equals(Match.ofHosts(match.host()))) {
      wrong(section, "match", "expected 'host' only: the metric is not one of disks");
    }
    double clearBelow = clear.orElse(above.get() / 2);
    if (clearBelow > above.get()) {
      wrong(fleet, "clear_below", "expected at most the level, found more");
      return Optional.empty();
    }
    return Optional.of(
        new FleetPolicy(
            name,
            match,
            total,
            each.get(),
            new Threshold(metric.get(), above.get(), forMillis.get(), clearBelow, clearFor),
            then.severity()));
  }

  private static Optional<Double> level(
      Section fleet, String key, Total total, Optional<Metric> metric, boolean required) {
    if (total == Total.SUM) {
      return DiskRuleReader.amount(fleet, key, metric, required);
    }
    MetricUnit unit = total == Total.COUNT ? MetricUnit.COUNT : MetricUnit.RATIO;
    return required
        ? fleet.required(key, Units.expected(unit), text -> Units.amount(text, unit))
        : fleet.value(key, Units.expected(unit), text -> Units.amount(text, unit));
  }

  private static void wrong(Section section, String key, String message) {
    section.problems().at(section.node(), section.path(key), message);
  }
}
