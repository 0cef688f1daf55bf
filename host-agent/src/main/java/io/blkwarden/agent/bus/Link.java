package io.blkwarden.agent.bus;

import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;

/** The connection to NATS, as a stream of events. */
public interface Link extends AutoCloseable {
  /**
   * Connects and reconnects until cancelled; cancelling closes the connection. Never fails or
   * completes.
   *
   * @param scheduler emits the events; one thread, which may block on the network
   */
  Flux<LinkEvent> events(Scheduler scheduler);

  /** Stops the client's threads; call this after cancelling. */
  @Override
  void close();
}
