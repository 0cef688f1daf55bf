package io.blkwarden.model;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** Why a disk has no proven workers. */
public enum UnresolvedReason {
  /** The backend is not connected to its frontend. */
  NOT_CONNECTED,
  /** It is connected, but its threads do not exist yet. */
  NO_THREAD_YET,
  /** Several disks have threads of this name, and none has shown yet whose it is. */
  AMBIGUOUS_NAME,
  /** Some of its rings have no thread yet. */
  RINGS_MISSING,
  /** Two proofs named different threads, or one thread for two disks. */
  CONFLICTING_PROOFS,
  /** xenstore and sysfs name different devices, or none yet. */
  DEVICE_UNSETTLED,
  /** A source that a proof needs could not be read. */
  SOURCE_UNREADABLE,
  /** Its workers are not known to blkwarden (tapdisk, qemu, old blktap). */
  UNSUPPORTED_BACKEND;

  /** Name in messages. */
  @JsonValue
  public String wire() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
