package io.blkwarden.agent.app;

/** What is done each so often; a time that was missed is not made up for. */
final class Interval {
  private final long periodMillis;
  private long nextMillis;
  private boolean begun;

  Interval(long periodMillis) {
    this.periodMillis = periodMillis;
  }

  /** Time until the next time; 0 when it has come. */
  long left(long nowMillis) {
    return begun ? Math.max(0, nextMillis - nowMillis) : 0;
  }

  /** Whether it is time; if so, the next time is one period after the one that was due. */
  boolean take(long nowMillis) {
    if (!begun) {
      begun = true;
      nextMillis = nowMillis;
    }
    if (nowMillis < nextMillis) {
      return false;
    }
    nextMillis += periodMillis * (1 + (nowMillis - nextMillis) / periodMillis);
    return true;
  }
}
