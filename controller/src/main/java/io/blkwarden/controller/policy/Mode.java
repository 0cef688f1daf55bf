package io.blkwarden.controller.policy;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** How far a policy may go. */
public enum Mode {
  /** Only say that the condition holds. */
  OBSERVE,
  /** Say what would be done, and do nothing. */
  SHADOW,
  /** Act on a person's word: each rung waits until somebody approves it. */
  APPROVE,
  /** Act. */
  AUTO;

  /** Name in policies and messages. */
  @JsonValue
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }
}
