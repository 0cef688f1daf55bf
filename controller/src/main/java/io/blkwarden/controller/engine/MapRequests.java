package io.blkwarden.controller.engine;

import io.blkwarden.model.HostId;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The whole maps that are asked for and have not come; at most {@link #AT_ONCE}.
 *
 * <p>A map may be as long as a message may be, and what comes faster than it is read is dropped:
 * then it would be asked for again, and never all of them came. One host more is not asked just
 * now; its next batch or heartbeat asks again.
 */
final class MapRequests {
  /** Most at once: 1 MiB each, half of what the NATS client holds for its slowest reader. */
  static final int AT_ONCE = 32;

  private final long retryMillis;
  private final Map<HostId, Long> asked = new LinkedHashMap<>();

  MapRequests(long retryMillis) {
    this.retryMillis = retryMillis;
  }

  /** Whether to ask this host now; counts as asked when it says so. */
  boolean ask(HostTracker tracker, long nowMillis) {
    forgetLost(nowMillis);
    if (asked.size() >= AT_ONCE || !tracker.wish.ask(nowMillis, retryMillis)) {
      return false;
    }
    asked.remove(tracker.host()); // the oldest come first
    asked.put(tracker.host(), nowMillis);
    return true;
  }

  /** The host's map came, asked for or not. */
  void came(HostTracker tracker) {
    asked.remove(tracker.host());
    tracker.missed = false;
    tracker.wish.answered();
  }

  private void forgetLost(long nowMillis) {
    Iterator<Long> oldest = asked.values().iterator();
    while (oldest.hasNext() && nowMillis - oldest.next() >= retryMillis) {
      oldest.remove();
    }
  }
}
