package io.blkwarden.model;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Checks for canonical constructors.
 *
 * <p>Each throws {@link IllegalArgumentException} with the field, the expected and the found value;
 * the JSON codec converts it to a typed error with an offset.
 */
public final class Require {
  private Require() {}

  /** Returns the value, which must be present. */
  public static <T> T present(@Nullable T value, String field) {
    if (value == null) {
      throw new IllegalArgumentException(field + ": expected a value, found none");
    }
    return value;
  }

  /** Returns the text, which must have 1 to {@code maxLength} characters. */
  public static String text(@Nullable String value, int maxLength, String field) {
    String text = present(value, field);
    if (text.isEmpty() || text.length() > maxLength) {
      throw new IllegalArgumentException(
          "%s: expected 1 to %d characters, found %d".formatted(field, maxLength, text.length()));
    }
    return text;
  }

  /** Returns the text, which may be absent and has at most {@code maxLength} characters. */
  public static @Nullable String optionalText(@Nullable String value, int maxLength, String field) {
    if (value != null && value.length() > maxLength) {
      throw new IllegalArgumentException(
          "%s: expected at most %d characters, found %d"
              .formatted(field, maxLength, value.length()));
    }
    return value;
  }

  /** Returns the number, which must be in {@code min..max}. */
  public static long within(long value, long min, long max, String field) {
    if (value < min || value > max) {
      throw new IllegalArgumentException(
          "%s: expected %d to %d, found %d".formatted(field, min, max, value));
    }
    return value;
  }

  /** Returns the number, which must be finite. */
  public static double finite(double value, String field) {
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException(field + ": expected a finite number, found " + value);
    }
    return value;
  }

  /**
   * Returns an immutable copy of the list, which must have no nulls and at most {@code max}
   * elements. A missing list is an error, not an empty list.
   */
  public static <T> List<T> list(@Nullable List<T> value, int max, String field) {
    List<T> list = present(value, field);
    if (list.size() > max) {
      throw new IllegalArgumentException(
          "%s: expected at most %d elements, found %d".formatted(field, max, list.size()));
    }
    if (list.stream().anyMatch(Objects::isNull)) {
      throw new IllegalArgumentException(field + ": expected no null element, found one");
    }
    return List.copyOf(list);
  }
}
