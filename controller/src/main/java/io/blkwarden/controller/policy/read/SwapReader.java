package io.blkwarden.controller.policy.read;

import io.blkwarden.controller.fleet.Metric;
import io.blkwarden.controller.policy.Mode;
import io.blkwarden.controller.policy.Policy;
import io.blkwarden.controller.policy.SwapPolicy;
import io.blkwarden.controller.policy.Threshold;
import java.util.Optional;

/** Reads the kind of policy that finds guests out of memory: {@code swap: { above, for }}. */
final class SwapReader {
  private SwapReader() {}

  /** The policy; empty when there was a problem, which is told. */
  static Optional<Policy> read(Section section, String name, Mode mode) {
    DiskRuleReader rule = DiskRuleReader.read(section);
    return section
        .section("swap")
        .flatMap(SwapReader::swap)
        .map(when ->
            new SwapPolicy(
                name, mode, rule.match(), when, rule.onlyIf(), rule.attribution(), rule.then()));
  }

  private static Optional<Threshold> swap(Section section) {
    Optional<Metric> metric = Optional.of(Metric.SWAP_BYTES);
    Optional<Double> above = DiskRuleReader.amount(section, "above", metric, true);
    Optional<Long> forMillis = section.required("for", Units.DURATION, DiskRuleReader::duration);
    Optional<Double> clearBelow = DiskRuleReader.amount(section, "clear_below", metric, false);
    Optional<Long> clearFor = section.value("clear_for", Units.DURATION, DiskRuleReader::duration);
    section.close();
    if (above.isEmpty()) {
      return Optional.empty();
    }
    Optional<Double> clear =
        SustainReader.clear(section, Metric.SWAP_BYTES, above.get(), clearBelow);
    if (forMillis.isEmpty() || clear.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Threshold(
            Metric.SWAP_BYTES,
            above.get(),
            forMillis.get(),
            clear.get(),
            clearFor.orElse(SustainReader.CLEAR_FOR_MILLIS)));
  }
}
