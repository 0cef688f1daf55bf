package io.blkwarden.agent.kernel;

import java.util.Optional;
import java.util.function.Function;

/**
 * The result of reading one source: present, absent, malformed or failed.
 *
 * <p>The four are handled differently: a missing file is normal on some kernels, malformed content
 * is a bug, and a failed read needs the operator.
 *
 * @param <T> type of the value
 */
public sealed interface ReadResult<T> {
  /** Maximum number of characters that {@link Malformed} quotes. */
  int FOUND_LIMIT = 120;

  /**
   * The value.
   *
   * @param value value of the source
   */
  record Present<T>(T value) implements ReadResult<T> {}

  /**
   * The source does not exist.
   *
   * @param source path of the file or name of the object
   */
  record Absent<T>(String source) implements ReadResult<T> {}

  /**
   * The source has unexpected content.
   *
   * @param source path of the file or name of the format
   * @param expected expected content
   * @param found actual content, truncated to {@link #FOUND_LIMIT} characters
   */
  record Malformed<T>(String source, String expected, String found) implements ReadResult<T> {
    public Malformed {
      found = found.length() > FOUND_LIMIT ? found.substring(0, FOUND_LIMIT) + "…" : found;
    }
  }

  /**
   * The source could not be read.
   *
   * @param cause operation, error and remedy
   */
  record Failed<T>(String cause) implements ReadResult<T> {}

  /** A result with a value. */
  static <T> ReadResult<T> present(T value) {
    return new Present<>(value);
  }

  /** A result for a source that does not exist. */
  static <T> ReadResult<T> absent(String source) {
    return new Absent<>(source);
  }

  /** A result for malformed content. */
  static <T> ReadResult<T> malformed(String source, String expected, String found) {
    return new Malformed<>(source, expected, found);
  }

  /** A result for a failed read. */
  static <T> ReadResult<T> failed(String cause) {
    return new Failed<>(cause);
  }

  /** Maps the value; the other three kinds are unchanged. */
  default <U> ReadResult<U> map(Function<? super T, ? extends U> change) {
    return flatMap(value -> present(change.apply(value)));
  }

  /** Continues with a result that depends on the value; the other three kinds are unchanged. */
  default <U> ReadResult<U> flatMap(Function<? super T, ReadResult<U>> next) {
    return switch (this) {
      case Present<T> present -> next.apply(present.value());
      case Absent<T> absent -> new Absent<>(absent.source());
      case Malformed<T> bad -> new Malformed<>(bad.source(), bad.expected(), bad.found());
      case Failed<T> failed -> new Failed<>(failed.cause());
    };
  }

  /** Parses the value; prefixes the source of a malformed result with {@code source}. */
  default <U> ReadResult<U> parse(String source, Function<? super T, ReadResult<U>> parser) {
    ReadResult<U> parsed = flatMap(parser);
    return isPresent() && parsed instanceof Malformed<U> bad
        ? new Malformed<>(source + ": " + bad.source(), bad.expected(), bad.found())
        : parsed;
  }

  /**
   * This result without a value as one of another type, for early returns.
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

  /** The value, or the other one if there is none. */
  default T orElse(T other) {
    return this instanceof Present<T> present ? present.value() : other;
  }

  /** Whether there is a value. */
  default boolean isPresent() {
    return this instanceof Present<T>;
  }

  /** A one-line description for logs and errors. */
  default String describe() {
    return switch (this) {
      case Present<T> present -> String.valueOf(present.value());
      case Absent<T> absent -> absent.source() + ": not found";
      case Malformed<T> bad ->
          "%s: expected %s, found '%s'".formatted(bad.source(), bad.expected(), bad.found());
      case Failed<T> failed -> failed.cause();
    };
  }
}
