package io.blkwarden.controller.policy.read;

import io.blkwarden.controller.fleet.Metric;
import io.blkwarden.controller.policy.BudgetPolicy;
import io.blkwarden.controller.policy.Mode;
import io.blkwarden.controller.policy.Policy;
import io.blkwarden.controller.policy.PolicyLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads the kind of policy with {@code budget: [ { metric, mean_above, over } ]}. */
final class BudgetReader {
  private static final double WARN_AT = 0.8;
  private static final String OVER = "a duration of 10s to 24h";
  private static final String PART = "a part such as 0.8 or 80%, above 0 and at most 1";

  private BudgetReader() {}

  /** The policy; empty when there was a problem, which is told. */
  static Optional<Policy> read(Section section, String name, Mode mode) {
    DiskRuleReader rule = DiskRuleReader.read(section);
    int before = section.problems().count();
    double warnAt =
        section
            .value("warn_at", PART, text -> Units.share(text).filter(part -> part > 0))
            .orElse(WARN_AT);
    List<BudgetPolicy.Line> lines = new ArrayList<>();
    List<Section.Element> elements = section.elements("budget");
    for (Section.Element element : elements) {
      Section.of(element.node(), element.path(), section.problems())
          .flatMap(BudgetReader::line)
          .ifPresent(lines::add);
    }
    if (elements.isEmpty() || elements.size() > BudgetPolicy.LINES_MAX) {
      section
          .problems()
          .at(
              section.node(),
              section.path("budget"),
              "expected 1 to %d budgets { metric, mean_above, over }, found %d"
                  .formatted(BudgetPolicy.LINES_MAX, elements.size()));
    }
    return section.problems().count() > before
        ? Optional.empty()
        : Optional.of(
            new BudgetPolicy(
                name,
                mode,
                rule.match(),
                lines,
                warnAt,
                rule.onlyIf(),
                rule.attribution(),
                rule.then()));
  }

  private static Optional<BudgetPolicy.Line> line(Section section) {
    Optional<Metric> metric = DiskRuleReader.metric(section);
    Optional<Double> above = DiskRuleReader.amount(section, "mean_above", metric, true);
    Optional<Long> over = section.required("over", OVER, BudgetReader::over);
    section.close();
    if (above.isPresent() && above.get() <= 0) {
      section
          .take("mean_above")
          .ifPresent(node ->
              section.problems().at(node, section.path("mean_above"), "expected above 0, found 0"));
      return Optional.empty();
    }
    return metric.flatMap(
        of -> above.flatMap(most -> over.map(millis -> new BudgetPolicy.Line(of, most, millis))));
  }

  private static Optional<Long> over(String text) {
    return Units.durationMillis(text)
        .filter(millis -> millis >= BudgetPolicy.Line.OVER_MIN_MILLIS)
        .filter(millis -> millis <= PolicyLimits.DURATION_MAX_MILLIS);
  }
}
