package io.blkwarden.controller.policy.yaml;

import io.blkwarden.controller.fleet.MetricUnit;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Numbers with units as policies write them: {@code 500ms}, {@code 10s}, {@code 20MB/s}, {@code
 * 1GiB/s}, {@code 80%}, {@code 200/s} or plain {@code 200}.
 *
 * <p>{@code kB MB GB} are thousands, {@code KiB MiB GiB} powers of two. A plain number is in the
 * metric's own unit; a plain duration is an error.
 */
final class Units {
  static final String DURATION = "a duration such as 500ms, 10s, 5m or 2h";

  private static final Pattern NUMBER = Pattern.compile("(\\d{1,15}(?:\\.\\d{1,9})?) ?([^\\d].*)?");
  private static final Map<String, Long> MILLIS =
      Map.of("ms", 1L, "s", 1_000L, "m", 60_000L, "h", 3_600_000L, "d", 86_400_000L);
  private static final Map<String, Double> BYTES =
      Map.of(
          "B/s", 1.0,
          "kB/s", 1e3,
          "KB/s", 1e3,
          "MB/s", 1e6,
          "GB/s", 1e9,
          "KiB/s", 1024.0,
          "MiB/s", 1024.0 * 1024,
          "GiB/s", 1024.0 * 1024 * 1024);

  private Units() {}

  /** A duration in ms. */
  static Optional<Long> durationMillis(String text) {
    return parts(text)
        .filter(parts -> MILLIS.containsKey(parts.unit))
        .map(parts -> Math.round(parts.number * MILLIS.getOrDefault(parts.unit, 1L)));
  }

  /** A part of a whole, 0 to 1, as {@code 0.8} or {@code 80%}. */
  static Optional<Double> share(String text) {
    return parts(text)
        .flatMap(parts ->
            switch (parts.unit) {
              case "" -> Optional.of(parts.number);
              case "%" -> Optional.of(parts.number / 100);
              default -> Optional.empty();
            })
        .filter(value -> value <= 1);
  }

  /** A value in a metric's unit. */
  static Optional<Double> amount(String text, MetricUnit unit) {
    return switch (unit) {
      case RATIO -> share(text);
      case MILLIS -> millis(text);
      case PER_SECOND ->
          parts(text)
              .filter(parts -> parts.unit.isEmpty() || parts.unit.equals("/s"))
              .map(Parts::number);
      case COUNT -> parts(text).filter(parts -> parts.unit.isEmpty()).map(Parts::number);
      case BYTES_PER_SECOND ->
          parts(text)
              .filter(parts -> parts.unit.isEmpty() || BYTES.containsKey(parts.unit))
              .map(parts -> parts.number * BYTES.getOrDefault(parts.unit, 1.0));
    };
  }

  private static Optional<Double> millis(String text) {
    return parts(text)
        .filter(parts -> parts.unit.isEmpty() || MILLIS.containsKey(parts.unit))
        .map(parts -> parts.number * MILLIS.getOrDefault(parts.unit, 1L));
  }

  /** The form of an amount, for problems. */
  static String expected(MetricUnit unit) {
    return switch (unit) {
      case RATIO -> "a part such as 0.8 or 80%, at most 1";
      case MILLIS -> "milliseconds such as 50, or a duration such as 50ms";
      case PER_SECOND -> "a number a second such as 200 or 200/s";
      case COUNT -> "a plain number such as 32";
      case BYTES_PER_SECOND -> "bytes a second such as 20MB/s or 1GiB/s";
    };
  }

  private record Parts(double number, String unit) {}

  private static Optional<Parts> parts(String text) {
    Matcher matcher = NUMBER.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    String unit = matcher.group(2);
    return Optional.of(new Parts(Double.parseDouble(matcher.group(1)), unit == null ? "" : unit));
  }
}
