package io.blkwarden.agent.xenstore;

/** What became of one request to xenstored. */
sealed interface XenAnswer {
  /** The server did it. */
  record Reply(XenMessage message) implements XenAnswer {}

  /** The server said no, with the name of an error such as {@code ENOENT}. */
  record Refused(String error) implements XenAnswer {}

  /** No answer came: whether the server did it is unknown. */
  record Lost(String reason) implements XenAnswer {}
}
