package io.blkwarden.controller.fleet;

/**
 * Says when a host's snapshot may be asked for again; mutable.
 *
 * <p>A lost one is asked for again, and each time that none came the pause is twice as long: where
 * snapshots come faster than they can be read, asking for more of them would only make it worse.
 */
public final class SnapshotRetry {
  /** How often a pause may double: from 5 s to 80 s. */
  private static final int DOUBLINGS_MAX = 4;

  private boolean begun;
  private boolean asked;
  private int doublings;
  private long sinceMillis;

  /**
   * Whether to ask now; counts as asked when it says so.
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

  /** The host's first one is likely on its way without being asked for: a pause begins. */
  public void expect(long nowMillis) {
    if (!begun) {
      begun = true;
      sinceMillis = nowMillis;
    }
  }

  /** A snapshot came. */
  public void answered() {
    asked = false;
    doublings = 0;
  }
}
