package io.blkwarden.controller.engine;

import io.blkwarden.model.HostId;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Outstanding requests for snapshots of maps; at most {@link #AT_ONCE}.
 *
 * <p>A map may fill a whole message, and messages that arrive faster than they are read are dropped
 * and requested again. Further hosts are asked with their next batch or heartbeat.
 */
final class MapRequests {
  /** Most at once: 1 MiB each, half of the NATS client's buffer for its slowest reader. */
  static final int AT_ONCE = 32;

  private final long retryMillis;
  private final Map<HostId, Long> asked = new LinkedHashMap<>();

  MapRequests(long retryMillis) {
    this.retryMillis = retryMillis;
  }

  /** Whether to ask this host now; counts it as asked if so. */
  boolean ask(HostTracker tracker, long nowMillis) {
    forgetLost(nowMillis);
    if (asked.size() >= AT_ONCE || !tracker.mapRetry.ask(nowMillis, retryMillis)) {
      return false;
    }
    asked.remove(tracker.host()); // the oldest come first
    asked.put(tracker.host(), nowMillis);
    return true;
  }

  /** A snapshot of the host arrived, requested or not. */
  void received(HostTracker tracker) {
    asked.remove(tracker.host());
    tracker.missed = false;
    tracker.mapRetry.answered();
  }

  private void forgetLost(long nowMillis) {
    Iterator<Long> oldest = asked.values().iterator();
    while (oldest.hasNext() && nowMillis - oldest.next() >= retryMillis) {
      oldest.remove();
    }
  }
}
