package io.blkwarden.agent.bus;

import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;

/** The connection to NATS, as a stream of what happens to it. */
public interface Link extends AutoCloseable {
  /**
   * Connects, and again after each loss, until it is cancelled, which closes the connection. Never
   * fails and never completes.
   *
   * @param scheduler where the events arrive; one thread, which may wait for the network
   */
  Flux<LinkEvent> events(Scheduler scheduler);

  /** Ends the client's threads, once nobody takes the events. */
  @Override
  void close();
}
