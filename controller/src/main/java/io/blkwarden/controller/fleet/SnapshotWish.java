package io.blkwarden.controller.fleet;

/** Says when a host's snapshot may be asked for again, so that a lost one is not asked for ever. */
public final class SnapshotWish {
  private boolean asked;
  private long askedMillis;

  /**
   * Whether to ask now; counts as asked when it says so.
   *
   * @param nowMillis the controller's monotonic clock
   * @param retryMillis shortest time between two requests
   */
  public boolean ask(long nowMillis, long retryMillis) {
    if (asked && nowMillis - askedMillis < retryMillis) {
      return false;
    }
    asked = true;
    askedMillis = nowMillis;
    return true;
  }
}
