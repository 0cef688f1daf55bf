package io.blkwarden.controller.engine;

/**
 * Detects that a host's samples are missing, which makes its alerts {@code unknown}; mutable.
 *
 * <p>A starved dom0 sends late and in bursts. Alerts become unknown after {@link
 * #UNKNOWN_AFTER_MILLIS} without samples, and known again after {@link #KNOWN_AFTER_MILLIS} of
 * samples without a gap. A breach that starts meanwhile is firing at once, because it was measured.
 */
final class Freshness {
  /** How long samples must be missing, at least. */
  static final long UNKNOWN_AFTER_MILLIS = 10_000;

  /** How long samples must arrive without a gap. */
  static final long KNOWN_AFTER_MILLIS = 30_000;

  private boolean unknown;
  private boolean reported;

  /** When the last samples arrived, on the monotonic clock. */
  long lastMillis;

  private long sinceMillis;

  /**
   * Samples arrived.
   *
   * @param gapMillis a longer time without samples is a gap
   * @return whether alerts became known again
   */
  boolean sampled(long nowMillis, long gapMillis) {
    if (!reported || nowMillis - lastMillis > gapMillis) {
      sinceMillis = nowMillis;
    }
    reported = true;
    lastMillis = nowMillis;
    boolean again = unknown && nowMillis - sinceMillis >= KNOWN_AFTER_MILLIS;
    unknown &= !again;
    return again;
  }

  /** Time passed; whether alerts became unknown. */
  boolean passed(long nowMillis, long gapMillis) {
    boolean now = reported && !unknown && missing(nowMillis, gapMillis);
    unknown |= now;
    return now;
  }

  /** Whether samples never arrived, or have been missing for long enough. */
  boolean missing(long nowMillis, long gapMillis) {
    return !reported || nowMillis - lastMillis > Math.max(gapMillis, UNKNOWN_AFTER_MILLIS);
  }
}
