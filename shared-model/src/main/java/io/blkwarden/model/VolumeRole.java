package io.blkwarden.model;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** The guest's use of a volume, derived from the volume's name. */
public enum VolumeRole {
  ROOT,
  SWAP,
  DATA;

  /** Name in messages and policies. */
  @JsonValue
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }
}
