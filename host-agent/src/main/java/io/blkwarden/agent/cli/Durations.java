package io.blkwarden.agent.cli;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times as people write them: {@code 500ms}, {@code 1s}, {@code 5m}. */
final class Durations {
  private static final Pattern FORM = Pattern.compile("(\\d{1,7})(ms|s|m)");

  private Durations() {}

  /** Parses a time of an option, or adds a problem to the list. */
  static Optional<Duration> parse(String option, String text, List<String> problems) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches() || Long.parseLong(matcher.group(1)) == 0) {
      problems.add(
          "%s: expected a time such as 500ms, 1s or 5m, found '%s'".formatted(option, text));
      return Optional.empty();
    }
    long amount = Long.parseLong(matcher.group(1));
    return Optional.of(
        switch (matcher.group(2)) {
          case "ms" -> Duration.ofMillis(amount);
          case "s" -> Duration.ofSeconds(amount);
          default -> Duration.ofMinutes(amount);
        });
  }
}
