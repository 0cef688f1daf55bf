package io.blkwarden.controller.policy.read;

import io.blkwarden.controller.fleet.Metric;
import io.blkwarden.controller.fleet.MetricScope;
import io.blkwarden.controller.policy.BaselineThreshold;
import io.blkwarden.controller.policy.Mode;
import io.blkwarden.controller.policy.OutlierPolicy;
import io.blkwarden.controller.policy.Policy;
import io.blkwarden.controller.policy.Threshold;
import java.util.Optional;

/** Reads {@code when: { metric, above_fleet: { mean_plus_sigmas | percentile, floor } }}. */
final class OutlierReader {
  private static final String SIGMAS = "a number of sigmas, 0 to 10";
  private static final String PERCENTILE = "a percentile above 0 and below 100";
  private static final String DISKS = "a number of disks, 2 to 1000000";

  private OutlierReader() {}

  /** The policy; empty when there was a problem, which is told. */
  static Optional<Policy> read(Section when, DiskRuleReader rule, String name, Mode mode) {
    int before = when.problems().count();
    Optional<Metric> metric = DiskRuleReader.metric(when);
    metric
        .filter(of -> of.scope() != MetricScope.DISK)
        .ifPresent(_ ->
            when.problems()
                .at(
                    when.node(),
                    when.path("metric"),
                    "expected a metric of disks: others are not compared with the fleet"));
    Optional<Section> section = when.section("above_fleet");
    Optional<Double> floor =
        section.flatMap(of -> DiskRuleReader.amount(of, "floor", metric, true));
    Optional<BaselineThreshold> level = section.flatMap(of -> level(of, floor.orElse(0.0)));
    Optional<Threshold> least = SustainReader.read(when, metric, floor);
    when.close();
    return when.problems().count() > before || level.isEmpty() || least.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new OutlierPolicy(
                name,
                mode,
                rule.match(),
                level.get(),
                least.get(),
                rule.onlyIf(),
                rule.attribution(),
                rule.then()));
  }

  private static Optional<BaselineThreshold> level(Section section, double floor) {
    Optional<Double> sigmas =
        section.value("mean_plus_sigmas", SIGMAS, text -> number(text, 0, 10));
    Optional<Double> percentile =
        section.value(
            "percentile",
            PERCENTILE,
            text -> number(text, 0, 100).filter(part -> part > 0 && part < 100));
    int disks =
        section.value("min_disks", DISKS, OutlierReader::disks).orElse(BaselineThreshold.MIN_DISKS);
    if (section.has("mean_plus_sigmas") == section.has("percentile")) {
      section
          .problems()
          .at(
              section.node(),
              section.path("mean_plus_sigmas"),
              "expected either 'mean_plus_sigmas' or 'percentile'");
    }
    section.close();
    return sigmas.isEmpty() && percentile.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new BaselineThreshold(sigmas.orElse(0.0), percentile.orElse(null), floor, disks));
  }

  private static Optional<Double> number(String text, double least, double most) {
    try {
      return Optional.of(Double.parseDouble(text)).filter(value -> value >= least && value <= most);
    } catch (NumberFormatException _) {
      return Optional.empty();
    }
  }

  private static Optional<Integer> disks(String text) {
    return text.matches("\\d{1,7}")
        ? Optional.of(Integer.parseInt(text)).filter(count -> count >= 2 && count <= 1_000_000)
        : Optional.empty();
  }
}
