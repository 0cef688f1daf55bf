package io.blkwarden.controller.dispatch;

import java.time.Duration;

/** A bounded number of places; safe for use by several threads. */
final class Quota {
  private final int limit;
  private int taken;

  Quota(int limit) {
    this.limit = limit;
  }

  /** Takes a place; false when none is left. */
  synchronized boolean take() {
    if (taken >= limit) {
      return false;
    }
    taken++;
    return true;
  }

  synchronized void give() {
    taken--;
    notifyAll();
  }

  synchronized int taken() {
    return taken;
  }

  /** Waits until all places are free; false when the time was over first. */
  synchronized boolean awaitAll(Duration atMost) throws InterruptedException {
    long leftMillis = atMost.toMillis();
    while (taken > 0 && leftMillis > 0) {
      long step = Math.min(leftMillis, 100);
      wait(step);
      leftMillis -= step;
    }
    return taken == 0;
  }
}
