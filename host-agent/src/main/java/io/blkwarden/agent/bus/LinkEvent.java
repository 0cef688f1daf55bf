package io.blkwarden.agent.bus;

/** An event of the connection to NATS. */
public sealed interface LinkEvent {
  /**
   * A connection was established.
   *
   * @param session usable until the next {@link Up} or {@link Down}
   * @param server URL of the server
   */
  record Up(Session session, String server) implements LinkEvent {}

  /** The connection was lost or could not be established; the link reconnects. */
  record Down(String reason) implements LinkEvent {}

  /** An error reported by the server or the client, connected or not. */
  record Fault(String text) implements LinkEvent {}

  /** The client discarded an outgoing message, because the server reads too slowly. */
  record Discarded() implements LinkEvent {}

  /** The client discarded incoming messages, because they were handled too slowly. */
  record Overrun() implements LinkEvent {}
}
