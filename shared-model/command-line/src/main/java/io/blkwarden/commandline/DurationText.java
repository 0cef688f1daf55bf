package io.blkwarden.commandline;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Durations such as {@code 500ms}, {@code 30s}, {@code 10m}, {@code 24h} and {@code 7d}; 0 is
 * invalid.
 */
public final class DurationText implements ITypeConverter<Duration> {
  private static final Pattern FORM = Pattern.compile("0*([1-9][0-9]{0,6})(ms|s|m|h|d)");
  private static final String EXPECTED =
      "expected a duration such as 500ms, 30s, 10m, 24h or 7d, found '%s'";

  private static final long MINUTE = 60;
  private static final long HOUR = 3_600;
  private static final long DAY = 86_400;

  @Override
  public Duration convert(String text) {
    return parse(text).orElseThrow(() -> new TypeConversionException(EXPECTED.formatted(text)));
  }

  /** The duration of an option; empty with a problem added to the list if it is invalid. */
  public static Optional<Duration> parse(String option, String text, List<String> problems) {
    Optional<Duration> duration = parse(text);
    if (duration.isEmpty()) {
      problems.add(option + ": " + EXPECTED.formatted(text));
    }
    return duration;
  }

  /** The duration of an option with a range; empty with a problem added if it is invalid. */
  public static Optional<Duration> within(
      String min, String max, String option, String text, List<String> problems) {
    Optional<Duration> duration = parse(option, text, problems);
    if (duration.isEmpty()
        || (duration.get().compareTo(parse(min).orElseThrow()) >= 0
            && duration.get().compareTo(parse(max).orElseThrow()) <= 0)) {
      return duration;
    }
    problems.add("%s: expected %s to %s, found %s".formatted(option, min, max, text));
    return Optional.empty();
  }

  private static Optional<Duration> parse(String text) {
    Matcher m = FORM.matcher(text);
    if (!m.matches()) {
      return Optional.empty();
    }
    long number = Long.parseLong(m.group(1));
    return Optional.of(
        switch (m.group(2)) {
          case "ms" -> Duration.ofMillis(number);
          case "s" -> Duration.ofSeconds(number);
          case "m" -> Duration.ofMinutes(number);
          case "h" -> Duration.ofHours(number);
          default -> Duration.ofDays(number);
        });
  }

  /** A duration in at most two units, such as {@code 3m 5s} or {@code 24h}; negative ones as 0s. */
  public static String print(Duration duration) {
    long seconds = Math.max(0, duration.toSeconds());
    if (seconds < MINUTE) {
      return seconds + "s";
    }
    if (seconds < HOUR) {
      return print(seconds / MINUTE, "m", seconds % MINUTE, "s");
    }
    return seconds <= DAY
        ? print(seconds / HOUR, "h", seconds % HOUR / MINUTE, "m")
        : print(seconds / DAY, "d", seconds % DAY / HOUR, "h");
  }

  private static String print(long most, String unit, long rest, String restUnit) {
    return most + unit + (rest == 0 ? "" : " " + rest + restUnit);
  }
}
