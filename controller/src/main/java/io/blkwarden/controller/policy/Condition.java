package io.blkwarden.controller.policy;

import io.blkwarden.controller.fleet.Metric;
import io.blkwarden.model.Require;
import java.util.List;

/**
 * What else must hold for a breach, such as that the device is congested at all.
 *
 * @param combine whether one term is enough
 * @param terms at least one, at most {@link PolicyLimits#TERMS_MAX}
 */
public record Condition(Combine combine, List<Term> terms) {
  public Condition {
    Require.present(combine, "combine");
    terms = Require.list(terms, PolicyLimits.TERMS_MAX, "only_if");
    Require.within(terms.size(), 1, PolicyLimits.TERMS_MAX, "only_if (count)");
  }

  /** How terms are combined. */
  public enum Combine {
    ANY,
    ALL
  }

  /**
   * One metric above one level; an unknown value does not hold.
   *
   * @param metric what is measured
   * @param above exceeded when the value is greater, in the metric's unit
   */
  public record Term(Metric metric, double above) {
    public Term {
      Require.present(metric, "metric");
      Require.finite(above, "above");
    }
  }
}
