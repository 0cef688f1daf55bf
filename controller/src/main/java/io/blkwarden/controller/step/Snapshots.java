package io.blkwarden.controller.step;

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
final class Snapshots {
  /** Most at once: 1 MiB each, half of what the NATS client holds for its slowest reader. */
  static final int AT_ONCE = 32;

  private final long retryMillis;
  private final Map<HostId, Long> asked = new LinkedHashMap<>();

  Snapshots(long retryMillis) {
    this.retryMillis = retryMillis;
  }

  /** Whether to ask this host now; counts as asked when it says so. */
  boolean ask(HostWatch watch, long nowMillis) {
    forgetLost(nowMillis);
    if (asked.size() >= AT_ONCE || !watch.wish.ask(nowMillis, retryMillis)) {
      return false;
    }
    asked.remove(watch.host()); // the oldest come first
    asked.put(watch.host(), nowMillis);
    return true;
  }

  /** The host's map came, asked for or not. */
  void came(HostWatch watch) {
    asked.remove(watch.host());
    watch.missed = false;
    watch.wish.answered();
  }

  private void forgetLost(long nowMillis) {
    Iterator<Long> oldest = asked.values().iterator();
    while (oldest.hasNext() && nowMillis - oldest.next() >= retryMillis) {
      oldest.remove();
    }
  }
}
