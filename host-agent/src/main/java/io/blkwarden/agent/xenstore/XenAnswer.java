package io.blkwarden.agent.xenstore;

/** The result of a request to xenstored. */
sealed interface XenAnswer {
  /** The request succeeded. */
  record Reply(XenMessage message) implements XenAnswer {}

  /** The request failed with an error such as {@code ENOENT}. */
  record Refused(String error) implements XenAnswer {}

  /** No answer was received; the request may have been executed. */
  record Lost(String reason) implements XenAnswer {}
}
