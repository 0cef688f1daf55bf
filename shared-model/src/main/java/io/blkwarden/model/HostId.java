package io.blkwarden.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * The short name of a host, one Xen dom0.
 *
 * @param value 1 to 63 characters without control characters and blanks
 */
public record HostId(@JsonValue String value) implements Comparable<HostId> {
  /** Maximum length, that of a DNS label (RFC 1035). */
  public static final int MAX_LENGTH = 63;

  /** The pseudo host of fleet-wide alerts. */
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
