package io.blkwarden.controller.policy.yaml;

import io.blkwarden.commandline.Nearest;
import io.blkwarden.controller.fleet.Metric;
import io.blkwarden.controller.fleet.MetricUnit;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A type of scalar in a YAML file.
 *
 * @param expected what a problem says was expected
 * @param similar what an invalid text may have meant
 * @param parse the value of a text; empty when it is invalid
 */
public record Value<T>(
    String expected,
    Function<String, Optional<String>> similar,
    Function<String, Optional<T>> parse) {
  /** A duration of at most a day, in ms. */
  public static final Value<Long> DURATION = duration(Units.DURATION, 0, 86_400_000);

  /** A metric's name. */
  public static final Value<Metric> METRIC =
      oneOf(Metric.all().stream().collect(Collectors.toMap(Metric::id, Function.identity())));

  /** A value; {@code 20/s} is suggested for {@code 20} where that is valid. */
  public static <T> Value<T> of(String expected, Function<String, Optional<T>> parse) {
    return new Value<>(
        expected,
        text ->
            Optional.of(text + "/s")
                .filter(each -> text.matches(".*\\d") && parse.apply(each).isPresent()),
        parse);
  }

  /** One of a few words. */
  public static <T> Value<T> oneOf(Map<String, T> words) {
    Map<String, T> sorted = new TreeMap<>(words);
    return new Value<>(
        "one of " + String.join(", ", sorted.keySet()),
        text -> Nearest.similar(text, sorted.keySet()),
        text -> Optional.ofNullable(sorted.get(text)));
  }

  /** One of a type's values, by the names that messages use. */
  public static <T> Value<T> oneOf(T[] values, Function<T, String> name) {
    return oneOf(Stream.of(values).collect(Collectors.toMap(name, Function.identity())));
  }

  /** A text of 1 to {@code most} characters. */
  public static Value<String> text(String expected, int most) {
    return of(expected, Optional::of).where(text -> !text.isEmpty() && text.length() <= most);
  }

  /** A duration in ms. */
  public static Value<Long> duration(String expected, long least, long most) {
    return of(expected, Units::durationMillis).where(millis -> millis >= least && millis <= most);
  }

  /** A whole number; {@code most} is at most 9,999,999. */
  public static Value<Integer> integer(String expected, int least, int most) {
    return of(
            expected,
            text ->
                text.matches("\\d{1,7}")
                    ? Optional.of(Integer.parseInt(text))
                    : Optional.<Integer>empty())
        .where(number -> number >= least && number <= most);
  }

  /** A number. */
  public static Value<Double> number(String expected, double least, double most) {
    return of(expected, Value::parseDouble).where(number -> number >= least && number <= most);
  }

  /** A part of a whole, 0 to 1. */
  public static Value<Double> share(String expected) {
    return of(expected, Units::share);
  }

  /** A value in a unit. */
  public static Value<Double> amount(MetricUnit unit) {
    return of(Units.expected(unit), text -> Units.amount(text, unit));
  }

  /** The same, where more must be true. */
  public Value<T> where(Predicate<T> valid) {
    return new Value<>(
        expected,
        text -> similar.apply(text).filter(each -> parse.apply(each).filter(valid).isPresent()),
        text -> parse.apply(text).filter(valid));
  }

  private static Optional<Double> parseDouble(String text) {
    try {
      return Optional.of(Double.parseDouble(text));
    } catch (NumberFormatException _) {
      return Optional.empty();
    }
  }
}
