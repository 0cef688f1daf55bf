package io.blkwarden.controller.attribution;

/**
 * When a disk counts as a culprit.
 *
 * @param hurtAwaitMillis neighbours are hurt when an I/O takes them longer than this on average
 * @param correlationMin least correlation, 0 to 1; CPI2 uses 0.35
 * @param marginMin least distance of the named from the runner-up in share × correlation
 */
public record AttributionRule(double hurtAwaitMillis, double correlationMin, double marginMin) {
  /** CPI2's limit of correlation. */
  public static final double CORRELATION_MIN = 0.35;

  /** Margin unless a policy says otherwise. */
  public static final double MARGIN_MIN = 0.1;

  /** A disk with a smaller part of the device's time is never named. */
  static final double SHARE_MIN = 0.2;

  /** Fewest slots in which neighbours were hurt, and fewest in which they were not. */
  static final int SLOTS_MIN = 5;

  /**
   * Of several culprits, each has at least this part of the first one's score, and of its work: the
   * share alone holds waiting, of which a victim has much.
   */
  static final double PARTNER_MIN = 0.5;

  /** Load that rose by less than this factor does not explain the pain. */
  static final double LOAD_RISE_MIN = 1.1;

  /** Refuses numbers that no window could meet. */
  public AttributionRule {
    if (!(hurtAwaitMillis > 0) || Double.isInfinite(hurtAwaitMillis)) {
      throw new IllegalArgumentException(
          "hurtAwaitMillis: expected more than 0, found " + hurtAwaitMillis);
    }
    part("correlationMin", correlationMin);
    part("marginMin", marginMin);
  }

  private static void part(String name, double value) {
    if (!(value >= 0 && value <= 1)) {
      throw new IllegalArgumentException(name + ": expected 0 to 1, found " + value);
    }
  }
}
