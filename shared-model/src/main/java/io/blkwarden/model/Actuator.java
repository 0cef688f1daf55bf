package io.blkwarden.model;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** Whether an I/O priority can have an effect on a device, judged by its scheduler and kernel. */
public enum Actuator {
  /** Class and level are honoured. */
  EFFECTIVE,
  /**
   * Only the class is honoured (mq-deadline of Linux 6.0 and later): best-effort levels are not.
   */
  CLASS_ONLY,
  /** Nothing is honoured ({@code none}, {@code kyber}, old {@code mq-deadline}). */
  INEFFECTIVE,
  /** Cannot be told beforehand; only a measured effect can prove it. */
  UNKNOWN;

  /** Name in messages. */
  @JsonValue
  public String wire() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
