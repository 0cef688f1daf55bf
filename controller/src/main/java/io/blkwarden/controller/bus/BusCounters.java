package io.blkwarden.controller.bus;

import io.blkwarden.controller.nats.ConnectionCounters;
import java.util.concurrent.atomic.LongAdder;

/** Counters of the bus since the start; thread-safe. */
public final class BusCounters extends ConnectionCounters {
  /**
   * Counts of a kind of messages.
   *
   * @param published stored by NATS
   * @param retried attempts that were not acknowledged and are repeated
   * @param lost dropped because the queue was full, or can never be stored; each is logged
   * @param discarded because another controller publishes them
   * @param folded dropped because the queue was full and a later state waits
   */
  public record Published(
      LongAdder published,
      LongAdder retried,
      LongAdder lost,
      LongAdder discarded,
      LongAdder folded) {}

  /** Alerts. */
  public final Published alerts =
      new Published(
          counter("alerts_published_total", "Alerts stored by NATS."),
          counter("alerts_retried_total", "Failed attempts to publish an alert."),
          counter("alerts_lost_total", "Alerts lost because the queue was full; each is logged."),
          counter("alerts_left_total", "Alert states discarded because another controller leads."),
          counter(
              "alerts_folded_total",
              "Intermediate alert states dropped because the queue was full."));

  private final LongAdder decisionsLost =
      counter("decisions_lost_total", "Decisions lost because the queue was full; each is logged.");

  /** Decisions, which are neither discarded nor folded. */
  public final Published decisions =
      new Published(
          counter("decisions_published_total", "Decisions stored by NATS."),
          counter("decisions_retried_total", "Failed attempts to publish a decision."),
          decisionsLost,
          decisionsLost,
          decisionsLost);

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
