package io.blkwarden.agent.xenstore;

/** An event of xenstored or of the connection to it. */
public sealed interface XenEvent {
  /**
   * A node at or below a watched path changed. It may be spurious, is sent once at registration,
   * and names the watched path if a parent is removed.
   *
   * @param path the changed node, or a special watch such as {@code @releaseDomain}
   * @param token the token of the watch
   */
  record Changed(String path, String token) implements XenEvent {}

  /**
   * A connection was established and its watches were sent: values read from now on are current or
   * followed by a {@link Changed}. Read everything again.
   */
  record Connected() implements XenEvent {}

  /**
   * There is no connection, and changes are missed until {@link Connected}. Sent once per outage.
   *
   * @param reason why the connection was lost or could not be established
   */
  record Disconnected(String reason) implements XenEvent {}

  /**
   * The server refused a watch: only full scans find changes there. It is retried after a
   * reconnect.
   *
   * @param path the path of the watch
   * @param reason the error of the server
   */
  record WatchRefused(String path, String reason) implements XenEvent {}
}
