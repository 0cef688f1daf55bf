package io.blkwarden.model;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** The kind of a disk's backend: the directory below {@code backend/} in xenstore. */
public enum BackendKind {
  /** The kernel's blkback. */
  VBD,
  /** tapdisk through tapback (XenServer, XCP-ng). */
  VBD3,
  /** A QEMU process. */
  QDISK,
  /** The old blktap. */
  TAP;

  /** Name in messages and in xenstore paths. */
  @JsonValue
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }
}
