package io.blkwarden.controller.attribution;

/**
 * The conditions under which a disk is named as a cause.
 *
 * @param hurtAwaitMillis neighbours are affected when their mean time of an I/O is longer
 * @param correlationMin least correlation, 0 to 1; 0.35 in CPI2
 * @param marginMin least distance of a named disk to the runner-up, in share × correlation
 */
public record AttributionRule(double hurtAwaitMillis, double correlationMin, double marginMin) {
  /** Default of {@code correlationMin}, from CPI2. */
  public static final double CORRELATION_MIN = 0.35;

  /** Default of {@code marginMin}. */
  public static final double MARGIN_MIN = 0.1;

  /** Least share of the device's time of a named disk. */
  static final double SHARE_MIN = 0.2;

  /** Fewest slots with affected neighbours, and fewest without. */
  static final int SLOTS_MIN = 5;

  /**
   * Least score and work of further named disks, as a part of the first one's: the share alone
   * includes waiting, which a victim has much of.
   */
  static final double PARTNER_MIN = 0.5;

  /** Least factor by which the load must rise to explain the latency. */
  static final double LOAD_RISE_MIN = 1.1;
}
