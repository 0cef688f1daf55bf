package io.blkwarden.controller.policy.read;

import io.blkwarden.controller.fleet.Metric;
import io.blkwarden.controller.policy.Mode;
import io.blkwarden.controller.policy.Policy;
import io.blkwarden.controller.policy.Threshold;
import io.blkwarden.controller.policy.ThresholdPolicy;
import java.util.Optional;

/** Reads the kind of policy that sets a level for one disk's metric. */
final class ThresholdReader {
  private ThresholdReader() {}

  /** The policy; empty when there was a problem, which is told. */
  static Optional<Policy> read(Section section, String name, Mode mode) {
    DiskRuleReader rule = DiskRuleReader.read(section);
    if (section.take("when").isEmpty()) {
      section.missing("when", "a condition { metric, above, for }");
    }
    Optional<Section> when = section.section("when");
    if (when.isPresent() && when.get().has("above_fleet")) {
      return OutlierReader.read(when.get(), rule, name, mode);
    }
    return when.flatMap(ThresholdReader::when)
        .map(level ->
            new ThresholdPolicy(
                name, mode, rule.match(), level, rule.onlyIf(), rule.attribution(), rule.then()));
  }

  private static Optional<Threshold> when(Section section) {
    Optional<Metric> metric = DiskRuleReader.metric(section);
    section.take("above_fleet");
    Optional<Double> above = DiskRuleReader.amount(section, "above", metric, true);
    Optional<Threshold> when = SustainReader.read(section, metric, above);
    section.close();
    return when;
  }
}
