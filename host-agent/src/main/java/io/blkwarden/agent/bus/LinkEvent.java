package io.blkwarden.agent.bus;

/** What happened to the connection to NATS. */
public sealed interface LinkEvent {
  /**
   * A connection is established, for the first time or again.
   *
   * @param session what can be done with it until the next {@link Up} or {@link Down}
   * @param server its URL
   */
  record Up(Session session, String server) implements LinkEvent {}

  /** The connection is lost, or could not be established; it is tried again. */
  record Down(String reason) implements LinkEvent {}

  /** The server or the client reports an error; the connection may be up or down. */
  record Fault(String text) implements LinkEvent {}

  /** The client discarded an outgoing message, because the server does not read. */
  record Discarded() implements LinkEvent {}

  /** The client discarded incoming messages, because they were not taken in time. */
  record Overrun() implements LinkEvent {}
}
