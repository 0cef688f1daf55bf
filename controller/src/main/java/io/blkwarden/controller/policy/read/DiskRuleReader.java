package io.blkwarden.controller.policy.read;

import io.blkwarden.controller.fleet.Metric;
import io.blkwarden.controller.policy.AttributionClause;
import io.blkwarden.controller.policy.Condition;
import io.blkwarden.controller.policy.Match;
import io.blkwarden.controller.policy.PolicyLimits;
import io.blkwarden.controller.policy.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads what all policies about disks have: {@code match}, {@code only_if}, {@code attribution},
 * {@code then}.
 *
 * @param match which disks
 * @param onlyIf what else must hold; absent when nothing must
 * @param attribution whom it may act on; absent when its condition alone decides that
 * @param then what to do
 */
record DiskRuleReader(
    Match match,
    @Nullable Condition onlyIf,
    @Nullable AttributionClause attribution,
    Response then) {
  private static final Map<String, Metric> METRICS =
      Metric.all().stream().collect(Collectors.toUnmodifiableMap(Metric::id, Function.identity()));

  static DiskRuleReader read(Section section) {
    Match match = section.section("match").map(MatchReader::read).orElse(Match.ANY);
    AttributionClause attribution =
        section.section("blame").flatMap(BlameReader::read).orElse(null);
    Condition condition = section.section("only_if").flatMap(DiskRuleReader::gate).orElse(null);
    Response then =
        section.section("then").map(ResponseReader::read).orElse(ResponseReader.ALERT_ONLY);
    return new DiskRuleReader(match, condition, attribution, then);
  }

  private static Optional<Condition> gate(Section section) {
    boolean any = section.has("any");
    boolean all = section.has("all");
    List<Condition.Term> terms = new ArrayList<>();
    terms(section, "any", terms);
    terms(section, "all", terms);
    section.close();
    if (any == all) {
      section
          .problems()
          .at(
              section.node(),
              section.path("any"),
              "expected either 'any' or 'all' with conditions");
      return Optional.empty();
    }
    if (terms.isEmpty() || terms.size() > PolicyLimits.TERMS_MAX) {
      section
          .problems()
          .at(
              section.node(),
              section.path(any ? "any" : "all"),
              "expected 1 to %d conditions { metric, above }".formatted(PolicyLimits.TERMS_MAX));
      return Optional.empty();
    }
    return Optional.of(new Condition(any ? Condition.Combine.ANY : Condition.Combine.ALL, terms));
  }

  private static void terms(Section section, String key, List<Condition.Term> into) {
    for (Section.Element element : section.elements(key)) {
      Section.of(element.node(), element.path(), section.problems())
          .ifPresent(term -> {
            Optional<Metric> metric = metric(term);
            Optional<Double> above = amount(term, "above", metric, true);
            term.close();
            if (metric.isPresent() && above.isPresent()) {
              into.add(new Condition.Term(metric.get(), above.get()));
            }
          });
    }
  }

  /** The metric that a section is about, which it must name. */
  static Optional<Metric> metric(Section section) {
    if (section.take("metric").isEmpty()) {
      section.missing("metric", "one of " + String.join(", ", Metric.ids()));
    }
    return section.word("metric", METRICS);
  }

  /** A value in the unit of the metric; empty when that is not known. */
  static Optional<Double> amount(
      Section section, String key, Optional<Metric> metric, boolean required) {
    if (metric.isEmpty()) {
      section.take(key); // the key is right, only its unit cannot be told
      return Optional.empty();
    }
    String expected = Units.expected(metric.get().unit());
    Function<String, Optional<Double>> parse = text -> Units.amount(text, metric.get().unit());
    return required ? section.required(key, expected, parse) : section.value(key, expected, parse);
  }

  /** A duration of at most a day. */
  static Optional<Long> duration(String text) {
    return Units.durationMillis(text).filter(millis -> millis <= PolicyLimits.DURATION_MAX_MILLIS);
  }
}
