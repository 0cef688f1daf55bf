package io.blkwarden.controller.bus;

import io.blkwarden.controller.nats.ConnectionCounters;
import java.util.concurrent.atomic.LongAdder;

/** Counters of the bus since the start; thread-safe. */
public final class BusCounters extends ConnectionCounters {
  /** Alerts that the stream acknowledged. */
  public final LongAdder alertsPublished = new LongAdder();

  /** Attempts to publish an alert that were not acknowledged and are repeated. */
  public final LongAdder alertsRetried = new LongAdder();

  /** Intermediate alert states dropped because the queue was full and a later state waits. */
  public final LongAdder alertsFolded = new LongAdder();

  /** Alerts lost because the queue was full or they can never be stored; each is logged. */
  public final LongAdder alertsLost = new LongAdder();

  /** Alert states discarded because another controller leads. */
  public final LongAdder alertsLeft = new LongAdder();

  /** Decisions that the stream acknowledged. */
  public final LongAdder decisionsPublished = new LongAdder();

  /** Attempts to publish a decision that were not acknowledged and are repeated. */
  public final LongAdder decisionsRetried = new LongAdder();

  /** Decisions lost because the queue was full or they can never be stored; each is logged. */
  public final LongAdder decisionsLost = new LongAdder();

  /** Implausible epochs in heartbeats, which were ignored. */
  public final LongAdder epochsIgnored = new LongAdder();

  /** Times that this controller became leader. */
  public final LongAdder leadershipGained = new LongAdder();
}
