package io.blkwarden.controller.nats;

/** The state of a connection that is sought for ever. */
public sealed interface LinkState {
  /**
   * There is no connection yet, or the client gave the last one up; connecting is tried again.
   *
   * @param problem why the last attempt failed and what to do; empty before the first has ended
   */
  record Seeking(String problem) implements LinkState {}

  /**
   * The connection is up, for the first time or again.
   *
   * @param number of times that it came up, this one included
   */
  record Up(long number) implements LinkState {}

  /** The connection is lost, and the client reconnects. */
  record Lost() implements LinkState {}
}
