package io.blkwarden.agent.app;

/** A periodic timer that skips missed periods. */
final class Interval {
  private final long periodMillis;
  private long nextMillis;
  private boolean started;

  Interval(long periodMillis) {
    this.periodMillis = periodMillis;
  }

  /** Time until it is due; 0 if it is. */
  long left(long nowMillis) {
    return started ? Math.max(0, nextMillis - nowMillis) : 0;
  }

  /** Whether it is due; if so, starts the next period. */
  boolean take(long nowMillis) {
    if (!started) {
      started = true;
      nextMillis = nowMillis;
    }
    if (nowMillis < nextMillis) {
      return false;
    }
    nextMillis += periodMillis * (1 + (nowMillis - nextMillis) / periodMillis);
    return true;
  }
}
