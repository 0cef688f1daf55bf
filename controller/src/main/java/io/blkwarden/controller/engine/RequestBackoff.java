package io.blkwarden.controller.engine;

/**
 * The backoff of requests to an agent; mutable.
 *
 * <p>The pause doubles with each request that was not answered, so that an overload of snapshots
 * does not cause more of them.
 */
final class RequestBackoff {
  /** Shortest time between two requests. */
  static final long MIN_MILLIS = 5_000;

  /** Most doublings of the pause: up to 80 s. */
  private static final int DOUBLINGS_MAX = 4;

  private boolean started;
  private int unanswered;
  private long sinceMillis;

  /** Whether to send a request now; if so, it counts as sent. */
  boolean ask(long nowMillis) {
    int doublings = Math.clamp(unanswered - 1, 0, DOUBLINGS_MAX);
    if (started && nowMillis - sinceMillis < MIN_MILLIS << doublings) {
      return false;
    }
    started = true;
    unanswered++;
    sinceMillis = nowMillis;
    return true;
  }

  /** Starts a pause, because the host's first snapshot is expected without a request. */
  void expect(long nowMillis) {
    if (!started) {
      started = true;
      sinceMillis = nowMillis;
    }
  }

  /** The answer arrived. */
  void answered() {
    unanswered = 0;
  }
}
