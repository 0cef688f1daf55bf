package io.blkwarden.controller.nats;

/** The state of a connection that is established and reconnected until it is closed. */
public sealed interface ConnectionState {
  /**
   * Not connected yet, or jnats closed the last connection; connecting is retried.
   *
   * @param problem why the last attempt failed and what to do; empty before the first result
   */
  record Connecting(String problem) implements ConnectionState {}

  /** Connected. */
  record Up() implements ConnectionState {}

  /** Connection lost; jnats reconnects. */
  record Lost() implements ConnectionState {}
}
