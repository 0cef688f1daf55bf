package io.blkwarden.controller.notify;

import java.util.concurrent.atomic.LongAdder;

/** Counts of pages of one kind of receiver since the start; safe for use by several threads. */
public final class NotifyCounters {
  /** Alerts that a receiver took. */
  public final LongAdder sent = new LongAdder();

  /** Requests that failed, each attempt. */
  public final LongAdder failed = new LongAdder();

  /** Alerts given up, at a bound or after the last attempt; each stands in the log. */
  public final LongAdder dropped = new LongAdder();
}
