package io.blkwarden.controller.bus;

import io.blkwarden.controller.nats.LinkCounters;
import java.util.concurrent.atomic.LongAdder;

/** Counts of what the bus did since the start; safe for use by several threads. */
public final class BusCounters extends LinkCounters {
  /** Alerts that the stream acknowledged. */
  public final LongAdder alertsPublished = new LongAdder();

  /** Attempts to publish an alert that were not acknowledged, and so were repeated. */
  public final LongAdder alertsRetried = new LongAdder();

  /**
   * States of alerts left out, since as many as may wait did, a later state of the same among them.
   */
  public final LongAdder alertsFolded = new LongAdder();

  /** Alerts refused because too many waited to be stored; each is in the log in full. */
  public final LongAdder alertsLost = new LongAdder();

  /** States of alerts that waited when another controller had claimed, and were left to it. */
  public final LongAdder alertsLeft = new LongAdder();

  /** Decisions that the stream acknowledged. */
  public final LongAdder decisionsPublished = new LongAdder();

  /** Attempts to publish a decision that were not acknowledged, and so were repeated. */
  public final LongAdder decisionsRetried = new LongAdder();

  /** Decisions refused because too many waited to be stored; each is in the log. */
  public final LongAdder decisionsLost = new LongAdder();

  /** Epochs of heartbeats that cannot be right, and were ignored. */
  public final LongAdder epochsIgnored = new LongAdder();

  /** Claims made. */
  public final LongAdder claims = new LongAdder();
}
