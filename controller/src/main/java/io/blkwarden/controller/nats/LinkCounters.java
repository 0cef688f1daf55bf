package io.blkwarden.controller.nats;

import java.util.concurrent.atomic.LongAdder;

/** Counts of what happened to connections since the start; safe for use by several threads. */
public class LinkCounters {
  /** Connections that came back. */
  public final LongAdder reconnects = new LongAdder();

  /** Times that a subscription was found too slow for its messages, which NATS then dropped. */
  public final LongAdder slowSpells = new LongAdder();

  /** Outgoing messages that were thrown away because the socket took no more. */
  public final LongAdder discarded = new LongAdder();

  /** Errors that the server or the connection reported. */
  public final LongAdder errors = new LongAdder();
}
