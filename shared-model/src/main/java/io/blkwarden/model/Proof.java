package io.blkwarden.model;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** How a worker was tied to its disk. Order, rate and likeness are never among them. */
public enum Proof {
  /** The backend itself wrote the thread's pid into its xenstore node. */
  KTHREAD_PID,
  /** The thread's whole name, unique, with all rings present. */
  FULL_NAME,
  /**
   * The thread's read counter lay between two readings of the disk's, twice, and no other's did.
   */
  COUNTER_BRACKET,
  /** The kernel was seen to submit a bio of this thread on this disk's device. */
  TRACED_BIO,
  /** Every other disk and every other thread of the domain is proven, and one of each is left. */
  ELIMINATION;

  /** Name in messages. */
  @JsonValue
  public String wire() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
