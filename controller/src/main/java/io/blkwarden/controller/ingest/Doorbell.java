package io.blkwarden.controller.ingest;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Wakes one sleeping thread; ringing costs a volatile read while it is awake. */
final class Doorbell {
  private volatile @Nullable Thread sleeper;
  private volatile boolean rung;

  /** Wakes the sleeper, or keeps it from falling asleep; from any thread. */
  void ring() {
    if (!rung) {
      rung = true;
      LockSupport.unpark(sleeper);
    }
  }

  /** Begins a round: what rings from now on ends the next sleep. */
  void answer() {
    rung = false;
  }

  /** Sleeps until it rings or the time is over. */
  void sleep(long atMostMillis) {
    sleeper = Thread.currentThread();
    if (!rung && atMostMillis > 0) {
      LockSupport.parkNanos(this, atMostMillis * 1_000_000);
    }
    sleeper = null;
  }
}
