package io.blkwarden.model;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** Whether a disk's workers are proven. */
public enum MappingState {
  /** Every worker of the disk is proven. */
  RESOLVED,
  /** Not all workers are proven: the disk is listed and sampled, but never throttled. */
  UNRESOLVED,
  /** The disk is being removed. */
  GONE;

  /** Name in messages. */
  @JsonValue
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }
}
