package io.blkwarden.model;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What does a disk's I/O in dom0. */
public enum WorkerKind {
  /** A kernel thread of blkback, one per ring. */
  BLKBACK,
  /** A tapdisk process. */
  TAPDISK,
  /** A qemu process. */
  QEMU;

  /** Name in messages. */
  @JsonValue
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }
}
