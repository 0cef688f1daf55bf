package io.blkwarden.controller.nats;

import java.util.concurrent.atomic.LongAdder;

/** Counters of connection events since the start; thread-safe. */
public class ConnectionCounters {
  /** Reconnections. */
  public final LongAdder reconnects = new LongAdder();

  /** Times that a subscription was too slow, so that jnats dropped messages. */
  public final LongAdder slowConsumers = new LongAdder();

  /** Outgoing messages that were dropped because the socket accepted no more. */
  public final LongAdder discarded = new LongAdder();

  /** Errors that the server or the connection reported. */
  public final LongAdder errors = new LongAdder();
}
