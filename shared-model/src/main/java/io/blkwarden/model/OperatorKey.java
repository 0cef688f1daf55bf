package io.blkwarden.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Pattern;

/**
 * The public NKey of a NATS user, the last token of a request's subject.
 *
 * @param value {@code U} and 55 characters of Base32
 */
public record OperatorKey(@JsonValue String value) {
  private static final Pattern SHAPE = Pattern.compile("U[A-Z2-7]{55}");

  public OperatorKey {
    if (value == null || !SHAPE.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "public key: expected U and 55 characters of A-Z 2-7, found '%s'"
              .formatted(value == null || value.length() > 100 ? "..." : value));
    }
  }

  /** Creates a key. */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public static OperatorKey of(String value) {
    return new OperatorKey(value);
  }

  @Override
  public String toString() {
    return value;
  }
}
