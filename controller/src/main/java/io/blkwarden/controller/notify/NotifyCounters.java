package io.blkwarden.controller.notify;

import java.util.concurrent.atomic.LongAdder;

/** Counters of one kind of receiver since the start; thread-safe. */
public final class NotifyCounters {
  /** Alerts that a receiver accepted. */
  public final LongAdder sent = new LongAdder();

  /** Failed requests, including retries. */
  public final LongAdder failed = new LongAdder();

  /** Alerts dropped, because a queue was full or after the last attempt; each is logged. */
  public final LongAdder dropped = new LongAdder();
}
