package io.blkwarden.model;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** Who serves a disk in dom0: the directory below {@code backend/} in xenstore. */
public enum BackendKind {
  /** The kernel's blkback. */
  VBD,
  /** tapdisk through tapback (XenServer, XCP-ng). */
  VBD3,
  /** A qemu process. */
  QDISK,
  /** The old blktap. */
  TAP;

  /** Name in messages and in xenstore paths. */
  @JsonValue
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }
}
