package io.blkwarden.model;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** Whether a disk's workers are known. */
public enum MappingState {
  /** Every worker of the disk is proven. */
  RESOLVED,
  /** Not all are: the disk is listed and sampled, and never touched. */
  UNRESOLVED,
  /** The disk is being taken away. */
  GONE;

  /** Name in messages. */
  @JsonValue
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }
}
