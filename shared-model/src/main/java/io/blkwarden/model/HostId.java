package io.blkwarden.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * One Xen dom0, by its short name.
 *
 * @param value 1 to 63 characters, no control characters and no blanks
 */
public record HostId(@JsonValue String value) implements Comparable<HostId> {
  /** Longest name, the limit of a DNS label (RFC 1035). */
  public static final int MAX_LENGTH = 63;

  /** The host that stands for the whole fleet in alert subjects. */
  public static final HostId FLEET = new HostId("_fleet");

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public HostId {
    Require.text(value, MAX_LENGTH, "host");
    if (value.chars().anyMatch(c -> c <= ' ' || c == 0x7f)) {
      throw new IllegalArgumentException("host: expected no blanks or control characters in it");
    }
  }

  @Override
  public int compareTo(HostId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
