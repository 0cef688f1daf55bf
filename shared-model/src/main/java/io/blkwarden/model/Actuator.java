package io.blkwarden.model;

/** Whether I/O priorities are effective on a device, by its scheduler and kernel. */
public enum Actuator implements WireName {
  /** Honours class and level. */
  EFFECTIVE,
  /** Honours the class only, not best-effort levels (mq-deadline since Linux 6.0). */
  CLASS_ONLY,
  /** Ignores priorities ({@code none}, {@code kyber}, old {@code mq-deadline}). */
  INEFFECTIVE,
  /** Not predictable; only a measured effect shows it. */
  UNKNOWN
}
