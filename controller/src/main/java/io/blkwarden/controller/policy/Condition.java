package io.blkwarden.controller.policy;

import io.blkwarden.controller.fleet.Metric;
import io.blkwarden.controller.policy.yaml.Section;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A further condition of a breach; {@code only_if} in policy files.
 *
 * @param combine whether any or all terms must be true
 * @param terms at least one, at most {@link PolicyLimits#TERMS_MAX}
 */
public record Condition(Combine combine, List<Term> terms) {
  public Condition {
    terms = List.copyOf(terms);
  }

  /** Reads {@code only_if: { any | all: [ { metric, above } ] }}. */
  static Optional<Condition> read(Section in) {
    boolean any = in.has("any");
    List<Term> terms = new ArrayList<>(in.sections("any", Condition::term));
    terms.addAll(in.sections("all", Condition::term));
    if (any == in.has("all")) {
      in.known("metric"); // a single condition in place of a list is one problem
      in.known("above");
      in.problem("any", "expected either 'any' or 'all' with conditions");
    } else if (in.valid() && (terms.isEmpty() || terms.size() > PolicyLimits.TERMS_MAX)) {
      in.problem(
          any ? "any" : "all",
          "expected 1 to %d conditions { metric, above }".formatted(PolicyLimits.TERMS_MAX));
    }
    return in.make(() -> new Condition(any ? Combine.ANY : Combine.ALL, terms));
  }

  private static Optional<Term> term(Section in) {
    Optional<Metric> metric = in.metric();
    Optional<Double> above = in.needAmount("above", metric);
    return in.make(() -> new Term(metric.orElseThrow(), above.orElseThrow()));
  }

  /** How terms are combined. */
  public enum Combine {
    ANY,
    ALL
  }

  /**
   * One metric over a threshold; false when the value is unknown.
   *
   * @param metric what is measured
   * @param above exceeded when the value is greater, in the metric's unit
   */
  public record Term(Metric metric, double above) {}
}
