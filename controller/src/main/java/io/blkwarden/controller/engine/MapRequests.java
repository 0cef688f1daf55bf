package io.blkwarden.controller.engine;

import io.blkwarden.model.HostId;
import java.util.HashMap;
import java.util.Map;

/**
 * Outstanding requests for snapshots of maps; at most {@link #AT_ONCE}.
 *
 * <p>A map may fill a whole message, and messages that arrive faster than they are read are dropped
 * and requested again. Further hosts get a request with their next batch or heartbeat.
 */
final class MapRequests {
  /** Most at once: 1 MiB each, half of the NATS client's buffer for its slowest reader. */
  static final int AT_ONCE = 32;

  private final Map<HostId, Long> pending = new HashMap<>();

  /** Whether to send the host a request now; if so, it counts as sent. */
  boolean ask(HostTracker tracker, long nowMillis) {
    pending.values().removeIf(since -> nowMillis - since >= RequestBackoff.MIN_MILLIS);
    if (pending.size() >= AT_ONCE || !tracker.mapRetry.ask(nowMillis)) {
      return false;
    }
    pending.put(tracker.host(), nowMillis);
    return true;
  }

  /** A snapshot of the host arrived, requested or not. */
  void received(HostTracker tracker) {
    pending.remove(tracker.host());
    tracker.reportsDropped = false;
    tracker.mapRetry.answered();
  }
}
