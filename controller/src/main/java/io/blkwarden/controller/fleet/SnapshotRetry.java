package io.blkwarden.controller.fleet;

/**
 * The backoff of requests for a host's snapshot; mutable.
 *
 * <p>The pause doubles with each request that was not answered, so that an overload of snapshots
 * does not cause more of them.
 */
public final class SnapshotRetry {
  /** Most doublings of the pause: from 5 s to 80 s. */
  private static final int DOUBLINGS_MAX = 4;

  private boolean begun;
  private boolean asked;
  private int doublings;
  private long sinceMillis;

  /**
   * Whether to send a request now; if so, it counts as sent.
   *
   * @param nowMillis the controller's monotonic clock
   * @param retryMillis shortest time between two requests
   */
  public boolean ask(long nowMillis, long retryMillis) {
    if (begun && nowMillis - sinceMillis < retryMillis << doublings) {
      return false;
    }
    doublings = asked ? Math.min(doublings + 1, DOUBLINGS_MAX) : 0;
    begun = true;
    asked = true;
    sinceMillis = nowMillis;
    return true;
  }

  /** Starts a pause, because the host's first snapshot is expected without a request. */
  public void expect(long nowMillis) {
    if (!begun) {
      begun = true;
      sinceMillis = nowMillis;
    }
  }

  /** A snapshot arrived. */
  public void answered() {
    asked = false;
    doublings = 0;
  }
}
