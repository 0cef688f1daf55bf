package io.blkwarden.controller.policy.read;

import io.blkwarden.controller.fleet.Metric;
import io.blkwarden.controller.policy.Gate;
import io.blkwarden.controller.policy.Limits;
import io.blkwarden.controller.policy.Match;
import io.blkwarden.controller.policy.Mode;
import io.blkwarden.controller.policy.Policy;
import io.blkwarden.controller.policy.Response;
import io.blkwarden.controller.policy.Threshold;
import io.blkwarden.controller.policy.ThresholdPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Reads the kind of policy that sets a level for one disk's metric. */
final class ThresholdReader {
  private static final long CLEAR_FOR_MILLIS = 60_000;
  private static final Map<String, Metric> METRICS =
      Metric.all().stream().collect(Collectors.toUnmodifiableMap(Metric::id, Function.identity()));

  private ThresholdReader() {}

  /** The policy; empty when there was a problem, which is told. */
  static Optional<Policy> read(Section section, String name, Mode mode) {
    Optional<Match> match = section.section("match").map(MatchReader::read);
    section.notYet("blame", "blame by correlation");
    if (section.take("when").isEmpty()) {
      section.missing("when", "a condition { metric, above, for }");
    }
    Optional<Threshold> when = section.section("when").flatMap(ThresholdReader::when);
    Optional<Gate> gate = section.section("only_if").flatMap(ThresholdReader::gate);
    Response then =
        section.section("then").map(ResponseReader::read).orElse(ResponseReader.ALERT_ONLY);
    return when.map(threshold ->
        new ThresholdPolicy(
            name, mode, match.orElse(Match.ANY), threshold, gate.orElse(null), then));
  }

  private static Optional<Threshold> when(Section section) {
    boolean outlier = section.has("above_fleet");
    section.notYet("above_fleet", "comparison with the fleet");
    section.notYet("windows", "counting windows");
    section.notYet("window", "counting windows");
    Optional<Metric> metric = metric(section);
    Optional<Double> above = amount(section, "above", metric, !outlier);
    Optional<Double> clearBelow = amount(section, "clear_below", metric, false);
    Optional<Long> forMillis = sustained(section, !outlier);
    long clearFor =
        section
            .value("clear_for", Units.DURATION, ThresholdReader::duration)
            .orElse(CLEAR_FOR_MILLIS);
    section.close();
    if (metric.isEmpty() || above.isEmpty() || forMillis.isEmpty()) {
      return Optional.empty();
    }
    double clear = clearBelow.orElse(above.get() / 2);
    if (clear > above.get()) {
      section
          .take("clear_below")
          .ifPresent(node ->
              section
                  .problems()
                  .expected(
                      node,
                      section.path("clear_below"),
                      "at most 'above', " + metric.get().format(above.get()),
                      Section.shown(node)));
      return Optional.empty();
    }
    return Optional.of(new Threshold(metric.get(), above.get(), forMillis.get(), clear, clearFor));
  }

  private static Optional<Long> sustained(Section section, boolean required) {
    return required
        ? section.required("for", Units.DURATION, ThresholdReader::duration)
        : section.value("for", Units.DURATION, ThresholdReader::duration);
  }

  private static Optional<Gate> gate(Section section) {
    boolean any = section.has("any");
    boolean all = section.has("all");
    List<Gate.Term> terms = new ArrayList<>();
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
    if (terms.isEmpty() || terms.size() > Limits.TERMS_MAX) {
      section
          .problems()
          .at(
              section.node(),
              section.path(any ? "any" : "all"),
              "expected 1 to %d conditions { metric, above }".formatted(Limits.TERMS_MAX));
      return Optional.empty();
    }
    return Optional.of(new Gate(any ? Gate.Combine.ANY : Gate.Combine.ALL, terms));
  }

  private static void terms(Section section, String key, List<Gate.Term> into) {
    for (Section.Element element : section.elements(key)) {
      Section.of(element.node(), element.path(), section.problems())
          .ifPresent(term -> {
            Optional<Metric> metric = metric(term);
            Optional<Double> above = amount(term, "above", metric, true);
            term.close();
            if (metric.isPresent() && above.isPresent()) {
              into.add(new Gate.Term(metric.get(), above.get()));
            }
          });
    }
  }

  private static Optional<Metric> metric(Section section) {
    if (section.take("metric").isEmpty()) {
      section.missing("metric", "one of " + String.join(", ", Metric.ids()));
    }
    return section.word("metric", METRICS);
  }

  private static Optional<Double> amount(
      Section section, String key, Optional<Metric> metric, boolean required) {
    if (metric.isEmpty()) {
      section.take(key); // the key is right, only its unit cannot be told
      return Optional.empty();
    }
    String expected = Units.expected(metric.get().unit());
    Function<String, Optional<Double>> parse = text -> Units.amount(text, metric.get().unit());
    return required ? section.required(key, expected, parse) : section.value(key, expected, parse);
  }

  private static Optional<Long> duration(String text) {
    return Units.durationMillis(text).filter(millis -> millis <= Limits.DURATION_MAX_MILLIS);
  }
}
