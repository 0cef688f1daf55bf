package io.blkwarden.controller.nats;

import io.blkwarden.controller.snapshot.CounterSet;
import java.util.concurrent.atomic.LongAdder;

/** Counters of connection events since the start; thread-safe. */
@SuppressWarnings("this-escape") // counter() is final, and only adds to a list of the superclass
public class ConnectionCounters extends CounterSet {
  /** Reconnections. */
  public final LongAdder reconnects = counter("nats_reconnects_total", "Reconnections to NATS.");

  /** Times that a subscription was too slow, so that jnats dropped messages. */
  public final LongAdder slowConsumers =
      counter(
          "nats_slow_spells_total", "Times that messages arrived faster than they were processed.");

  /** Outgoing messages that were dropped because the socket accepted no more. */
  public final LongAdder discarded =
      counter(
          "nats_discarded_total", "Outgoing messages dropped because the socket accepted no more.");

  /** Errors that the server or the connection reported. */
  public final LongAdder errors = counter("nats_errors_total", "Errors reported by NATS.");
}
