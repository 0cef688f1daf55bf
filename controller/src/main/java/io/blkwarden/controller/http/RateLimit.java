package io.blkwarden.controller.http;

import java.time.InstantSource;

/** So many in each stretch of time; safe for use by several threads. */
final class RateLimit {
  private final int most;
  private final long stretchMillis;
  private final InstantSource clock;
  private long stretch;
  private int taken;

  RateLimit(int most, long stretchMillis, InstantSource clock) {
    this.most = most;
    this.stretchMillis = stretchMillis;
    this.clock = clock;
  }

  /** Whether one more may be taken now. */
  synchronized boolean take() {
    long now = clock.millis() / stretchMillis;
    if (now != stretch) {
      stretch = now;
      taken = 0;
    }
    return ++taken <= most;
  }
}
