package io.blkwarden.agent.bus;

/** When to try again: at once after a success, then after a first delay, doubled up to a bound. */
final class Retry {
  private final long firstMillis;
  private final long longestMillis;
  private long delayMillis;
  private long atMillis;

  Retry(long firstMillis, long longestMillis) {
    this.firstMillis = firstMillis;
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
      delayMillis = Math.min(longestMillis, Math.max(firstMillis, delayMillis * 2));
      atMillis = nowMillis + delayMillis;
    }
  }

  void reset() {
    delayMillis = 0;
    atMillis = Long.MIN_VALUE / 2;
  }
}
