package io.blkwarden.controller.policy;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/**
 * How far a policy may go.
 *
 * <p>{@code approve} (wait for a person) is not among them yet: reading a policy with it is an
 * error, so that nobody waits for a question that is never asked.
 */
public enum Mode {
  /** Only say that the condition holds. */
  OBSERVE,
  /** Say what would be done, and do nothing. */
  SHADOW,
  /** Act. */
  AUTO;

  /** Name in policies and messages. */
  @JsonValue
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }
}
