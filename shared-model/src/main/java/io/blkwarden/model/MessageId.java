package io.blkwarden.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.random.RandomGenerator;

/**
 * The identity of a command, lease, throttle or alert: a ULID, 26 characters of Crockford's base
 * 32.
 *
 * @param value 48 bits of milliseconds since 1970 and 80 random bits; sorts by time
 */
public record MessageId(@JsonValue String value) implements Comparable<MessageId> {
  private static final String ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  private static final int LENGTH = 26;

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public MessageId {
    Require.text(value, LENGTH, "id");
    if (value.length() != LENGTH || value.chars().anyMatch(c -> ALPHABET.indexOf(c) < 0)) {
      throw new IllegalArgumentException(
          "id: expected a ULID of 26 characters, found '%s'".formatted(value));
    }
  }

  /** Creates an id from a time in milliseconds since 1970 and 80 random bits. */
  public static MessageId of(long epochMillis, RandomGenerator random) {
    char[] text = new char[LENGTH];
    for (int i = 0; i < 10; i++) {
      text[i] = ALPHABET.charAt((int) (epochMillis >>> (45 - 5 * i)) & 31);
    }
    for (int i = 10; i < LENGTH; i++) {
      text[i] = ALPHABET.charAt(random.nextInt(32));
    }
    return new MessageId(new String(text));
  }

  @Override
  public int compareTo(MessageId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
