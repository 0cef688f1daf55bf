package io.blkwarden.controller.engine;

/**
 * Whether a host's samples have been missing for so long that its alerts are {@code unknown};
 * mutable.
 *
 * <p>A starved dom0 sends late and in bursts. So alerts become unknown only when nothing came for
 * {@link #UNKNOWN_AFTER_MILLIS}, and are known again only when samples have come without a gap for
 * {@link #KNOWN_AFTER_MILLIS}. A breach that begins meanwhile is told as it is: it was measured.
 */
final class Freshness {
  /** How long samples must be missing, and at least as long as a host may be quiet. */
  static final long UNKNOWN_AFTER_MILLIS = 10_000;

  /** How long samples must have come without a gap. */
  static final long KNOWN_AFTER_MILLIS = 30_000;

  private boolean unknown;
  private boolean heard;
  private long lastMillis;
  private long sinceMillis;

  /**
   * Samples came.
   *
   * @param gapMillis a longer time without samples is a gap
   * @return whether alerts are known again because of that
   */
  boolean came(long nowMillis, long gapMillis) {
    if (!heard || nowMillis - lastMillis > gapMillis) {
      sinceMillis = nowMillis;
    }
    heard = true;
    lastMillis = nowMillis;
    boolean again = unknown && nowMillis - sinceMillis >= KNOWN_AFTER_MILLIS;
    unknown &= !again;
    return again;
  }

  /** Time passed; whether alerts are unknown from now on because of that. */
  boolean passed(long nowMillis, long gapMillis) {
    boolean now = heard && !unknown && missing(nowMillis, gapMillis);
    unknown |= now;
    return now;
  }

  /** Whether samples never came, or have been missing for long enough to say so. */
  boolean missing(long nowMillis, long gapMillis) {
    return !heard || nowMillis - lastMillis > Math.max(gapMillis, UNKNOWN_AFTER_MILLIS);
  }
}
