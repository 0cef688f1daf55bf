package io.blkwarden.agent.kernel;

import java.util.Optional;
import java.util.function.Function;

/**
 * What reading one source gave: a value, nothing there, nonsense, or a failure to read.
 *
 * <p>The four are kept apart because they lead to different acts: a missing file is normal on
 * another kernel, nonsense is a bug here or there, and a failure is for the operator to mend.
 *
 * @param <T> type of the value
 */
public sealed interface ReadResult<T> {
  /** Longest text of a source that {@link Malformed} repeats, in characters. */
  int FOUND_LIMIT = 120;

  /**
   * The value.
   *
   * @param value what the source said
   */
  record Present<T>(T value) implements ReadResult<T> {}

  /**
   * The source does not exist, here or not any more.
   *
   * @param source path of the file, or name of what was asked
   */
  record Absent<T>(String source) implements ReadResult<T> {}

  /**
   * The source exists and says something that it should not.
   *
   * @param source path of the file or name of the format
   * @param expected what it should have said
   * @param found what it said, cut after {@link #FOUND_LIMIT} characters
   */
  record Malformed<T>(String source, String expected, String found) implements ReadResult<T> {
    public Malformed {
      found = found.length() > FOUND_LIMIT ? found.substring(0, FOUND_LIMIT) + "…" : found;
    }
  }

  /**
   * The source could not be read.
   *
   * @param cause what was tried, why it failed, and what to do about it
   */
  record Failed<T>(String cause) implements ReadResult<T> {}

  /** A reading with a value. */
  static <T> ReadResult<T> present(T value) {
    return new Present<>(value);
  }

  /** A reading of something that does not exist. */
  static <T> ReadResult<T> absent(String source) {
    return new Absent<>(source);
  }

  /** A reading of nonsense. */
  static <T> ReadResult<T> malformed(String source, String expected, String found) {
    return new Malformed<>(source, expected, found);
  }

  /** A reading that failed. */
  static <T> ReadResult<T> failed(String cause) {
    return new Failed<>(cause);
  }

  /** Turns a value into another; the other three kinds stay what they are. */
  default <U> ReadResult<U> map(Function<? super T, ? extends U> change) {
    return flatMap(value -> present(change.apply(value)));
  }

  /** Continues with a reading that depends on this value; the other three kinds stay. */
  default <U> ReadResult<U> flatMap(Function<? super T, ReadResult<U>> next) {
    return switch (this) {
      case Present<T> present -> next.apply(present.value());
      case Absent<T> absent -> new Absent<>(absent.source());
      case Malformed<T> bad -> new Malformed<>(bad.source(), bad.expected(), bad.found());
      case Failed<T> failed -> new Failed<>(failed.cause());
    };
  }

  /**
   * Continues with a parser that does not know which file its text came from: a malformed result is
   * told with {@code source} before the parser's own.
   */
  default <U> ReadResult<U> parse(String source, Function<? super T, ReadResult<U>> parser) {
    ReadResult<U> parsed = flatMap(parser);
    return isPresent() && parsed instanceof Malformed<U> bad
        ? new Malformed<>(source + ": " + bad.source(), bad.expected(), bad.found())
        : parsed;
  }

  /**
   * This reading, which has no value, as one of another type: for leaving a method early.
   *
   * @throws IllegalStateException if it has a value
   */
  default <U> ReadResult<U> withoutValue() {
    return flatMap(value -> {
      throw new IllegalStateException("expected no value, found " + value);
    });
  }

  /** The value, if there is one. */
  default Optional<T> toOptional() {
    return this instanceof Present<T> present ? Optional.of(present.value()) : Optional.empty();
  }

  /** The value, or this one when there is none for whatever reason. */
  default T orElse(T other) {
    return this instanceof Present<T> present ? present.value() : other;
  }

  /** Whether there is a value. */
  default boolean isPresent() {
    return this instanceof Present<T>;
  }

  /** One line for logs and for people. */
  default String describe() {
    return switch (this) {
      case Present<T> present -> String.valueOf(present.value());
      case Absent<T> absent -> absent.source() + ": not there";
      case Malformed<T> bad ->
          "%s: expected %s, found '%s'".formatted(bad.source(), bad.expected(), bad.found());
      case Failed<T> failed -> failed.cause();
    };
  }
}
