package io.blkwarden.controller.bus;

import io.blkwarden.controller.nats.ConnectionCounters;
import java.util.concurrent.atomic.LongAdder;

/** Counters of the bus since the start; thread-safe. */
public final class BusCounters extends ConnectionCounters {
  /** Alerts that the stream acknowledged. */
  public final LongAdder alertsPublished =
      counter("alerts_published_total", "Alerts stored by NATS.");

  /** Attempts to publish an alert that were not acknowledged and are repeated. */
  public final LongAdder alertsRetried =
      counter("alerts_retried_total", "Failed attempts to publish an alert.");

  /** Intermediate alert states dropped because the queue was full and a later state waits. */
  public final LongAdder alertsFolded =
      counter(
          "alerts_folded_total", "Intermediate alert states dropped because the queue was full.");

  /** Alerts lost because the queue was full or they can never be stored; each is logged. */
  public final LongAdder alertsLost =
      counter("alerts_lost_total", "Alerts lost because the queue was full; each is logged.");

  /** Alert states discarded because another controller leads. */
  public final LongAdder alertsLeft =
      counter("alerts_left_total", "Alert states discarded because another controller leads.");

  /** Decisions that the stream acknowledged. */
  public final LongAdder decisionsPublished =
      counter("decisions_published_total", "Decisions stored by NATS.");

  /** Attempts to publish a decision that were not acknowledged and are repeated. */
  public final LongAdder decisionsRetried =
      counter("decisions_retried_total", "Failed attempts to publish a decision.");

  /** Decisions lost because the queue was full or they can never be stored; each is logged. */
  public final LongAdder decisionsLost =
      counter("decisions_lost_total", "Decisions lost because the queue was full; each is logged.");

  /** Implausible epochs in heartbeats, which were ignored. */
  public final LongAdder epochsIgnored =
      counter(
          "epochs_ignored_total",
          "Heartbeats with an epoch more than a day ahead of this controller's clock, which is"
              + " ignored.");

  /** Times that this controller became leader. */
  public final LongAdder leadershipGained =
      counter("claims_total", "Times that this controller became leader.");
}
