package io.blkwarden.controller.policy.read;

import io.blkwarden.controller.attribution.AttributionRule;
import io.blkwarden.controller.fleet.Metric;
import io.blkwarden.controller.policy.AttributionClause;
import java.util.Map;
import java.util.Optional;

/** Reads {@code blame: { against, above, correlation, window, margin }}. */
final class BlameReader {
  private static final Metric AGAINST = Metric.DEVICE_AWAIT;
  private static final String ABOVE = "a time above 0, like 20ms";
  private static final String PART = "a number from 0 to 1";
  private static final String WINDOW = "a time from 1m to 1h";

  private BlameReader() {}

  static Optional<AttributionClause> read(Section section) {
    section.word("against", Map.of(AGAINST.id(), AGAINST));
    Optional<Double> above = section.value("above", ABOVE, BlameReader::above);
    Optional<Double> correlation = section.value("correlation", PART, BlameReader::part);
    Optional<Double> margin = section.value("margin", PART, BlameReader::part);
    Optional<Long> window = section.value("window", WINDOW, BlameReader::window);
    section.close();
    return Optional.of(
        new AttributionClause(
            new AttributionRule(
                above.orElse(AttributionClause.HURT_MILLIS),
                correlation.orElse(AttributionRule.CORRELATION_MIN),
                margin.orElse(AttributionRule.MARGIN_MIN)),
            window.orElse(AttributionClause.WINDOW_MILLIS)));
  }

  private static Optional<Double> above(String text) {
    return Units.amount(text, AGAINST.unit()).filter(limit -> limit > 0);
  }

  private static Optional<Double> part(String text) {
    try {
      return Optional.of(Double.parseDouble(text)).filter(value -> value >= 0 && value <= 1);
    } catch (NumberFormatException _) {
      return Optional.empty();
    }
  }

  private static Optional<Long> window(String text) {
    return Units.durationMillis(text)
        .filter(millis -> millis >= AttributionClause.WINDOW_MIN_MILLIS)
        .filter(millis -> millis <= AttributionClause.WINDOW_MAX_MILLIS);
  }
}
