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
  Flux<Event> events(Scheduler scheduler);

  /** Stops the client's threads; call this after cancelling. */
  @Override
  void close();

  /** An event of the connection to NATS. */
  sealed interface Event {
    /**
     * A connection was established.
     *
     * @param session usable until the next {@link Up} or {@link Down}
     * @param server URL of the server
     */
    record Up(Session session, String server) implements Event {}

    /** The connection was lost or could not be established; the link reconnects. */
    record Down(String reason) implements Event {}

    /** An error reported by the server or the client, connected or not. */
    record Fault(String text) implements Event {}

    /** The client discarded an outgoing message, because the server reads too slowly. */
    record Discarded() implements Event {}

    /** The client discarded incoming messages, because they were handled too slowly. */
    record Overrun() implements Event {}
  }
}
