package io.blkwarden.controller.policy.read;

import io.blkwarden.controller.fleet.Metric;
import io.blkwarden.controller.policy.Threshold;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads how long a level must be exceeded, and when it is over. */
final class SustainReader {
  /** How long it must be over unless said. */
  static final long CLEAR_FOR_MILLIS = 60_000;

  private static final Pattern WINDOWS = Pattern.compile("(\\d{1,2}) of (\\d{1,2})");
  private static final String WINDOWS_EXPECTED =
      "windows such as '3 of 5', at most %d".formatted(Threshold.Windows.MAX);

  private SustainReader() {}

  /**
   * Reads {@code for}, or {@code windows} and {@code window}; {@code samples}, {@code clear_below}
   * and {@code clear_for}.
   */
  static Optional<Threshold> read(
      Section section, Optional<Metric> metric, Optional<Double> above) {
    Optional<Threshold.Windows> windows = windows(section);
    boolean counted = section.has("windows") || section.has("window");
    Optional<Long> forMillis =
        counted
            ? windows.map(each -> each.atLeast() * each.millis())
            : section.required("for", Units.DURATION, DiskRuleReader::duration);
    if (counted) {
      section
          .take("for")
          .ifPresent(node ->
              section
                  .problems()
                  .at(node, section.path("for"), "expected either 'for' or 'windows', found both"));
    }
    int samples =
        section
            .value("samples", "a number of samples, 1 to 10000", SustainReader::samples)
            .orElse(1);
    Optional<Double> clearBelow = DiskRuleReader.amount(section, "clear_below", metric, false);
    long clearFor =
        section
            .value("clear_for", Units.DURATION, DiskRuleReader::duration)
            .orElse(CLEAR_FOR_MILLIS);
    if (metric.isEmpty() || above.isEmpty() || forMillis.isEmpty()) {
      return Optional.empty();
    }
    Optional<Double> clear = clear(section, metric.get(), above.get(), clearBelow);
    if (clear.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Threshold(
            metric.get(),
            above.get(),
            forMillis.get(),
            clear.get(),
            clearFor,
            samples,
            windows.orElse(null)));
  }

  /** The clear level, half of the level unless said; empty when it is above the level. */
  static Optional<Double> clear(
      Section section, Metric metric, double above, Optional<Double> clearBelow) {
    if (clearBelow.isEmpty() || clearBelow.get() <= above) {
      return Optional.of(clearBelow.orElse(above / 2));
    }
    section
        .take("clear_below")
        .ifPresent(node ->
            section
                .problems()
                .expected(
                    node,
                    section.path("clear_below"),
                    "at most 'above', " + metric.format(above),
                    Section.shown(node)));
    return Optional.empty();
  }

  private static Optional<Threshold.Windows> windows(Section section) {
    if (!section.has("windows") && !section.has("window")) {
      section.take("windows");
      section.take("window");
      return Optional.empty();
    }
    Optional<Threshold.Windows> count =
        section.required("windows", WINDOWS_EXPECTED, SustainReader::count);
    Optional<Long> millis =
        section.required(
            "window",
            Units.DURATION,
            text -> DiskRuleReader.duration(text).filter(length -> length > 0));
    return count.flatMap(
        each -> millis.map(length -> new Threshold.Windows(each.atLeast(), each.of(), length)));
  }

  private static Optional<Threshold.Windows> count(String text) {
    Matcher matcher = WINDOWS.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    int atLeast = Integer.parseInt(matcher.group(1));
    int of = Integer.parseInt(matcher.group(2));
    return atLeast >= 1 && atLeast <= of && of <= Threshold.Windows.MAX
        ? Optional.of(new Threshold.Windows(atLeast, of, 1))
        : Optional.empty();
  }

  private static Optional<Integer> samples(String text) {
    return text.matches("\\d{1,5}")
        ? Optional.of(Integer.parseInt(text))
            .filter(count -> count >= 1 && count <= Threshold.SAMPLES_MAX)
        : Optional.empty();
  }
}
