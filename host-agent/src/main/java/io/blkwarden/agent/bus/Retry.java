package io.blkwarden.agent.bus;

/** When to try again: at once after a success, then after 250 ms, doubled up to a bound. */
final class Retry {
  private static final long FIRST_MILLIS = 250;

  private final long longestMillis;
  private long delayMillis;
  private long atMillis;

  Retry(long longestMillis) {
    this.longestMillis = longestMillis;
  }

  boolean due(long nowMillis) {
    return nowMillis >= atMillis;
  }

  long atMillis() {
    return atMillis;
  }

  /** Failures of one burst count once: only one that comes when a try was due. */
  void failed(long nowMillis) {
    if (due(nowMillis)) {
      delayMillis = Math.min(longestMillis, Math.max(FIRST_MILLIS, delayMillis * 2));
      atMillis = nowMillis + delayMillis;
    }
  }

  void reset() {
    delayMillis = 0;
    atMillis = Long.MIN_VALUE / 2;
  }
}
