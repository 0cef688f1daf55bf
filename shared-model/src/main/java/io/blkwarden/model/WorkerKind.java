package io.blkwarden.model;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** The kind of a disk's worker in dom0. */
public enum WorkerKind {
  /** A kernel thread of blkback, one per ring. */
  BLKBACK,
  /** A tapdisk process. */
  TAPDISK,
  /** A QEMU process. */
  QEMU;

  /** Name in messages. */
  @JsonValue
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }
}
