package io.blkwarden.controller.policy;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** How far a policy may go. */
public enum Mode {
  /** Only alerts. */
  OBSERVE,
  /** Records what would be done, and does nothing. */
  SHADOW,
  /** Acts when an operator has approved it; each step waits for its approval. */
  APPROVE,
  /** Acts. */
  AUTO;

  /** Name in policies and messages. */
  @JsonValue
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }
}
