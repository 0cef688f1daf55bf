package io.blkwarden.agent.xenstore;

/** What xenstored, or the connection to it, had to say without being asked. */
public sealed interface XenEvent {
  /**
   * Something at or below a watched path changed. It says where to look, not what is there: it may
   * be spurious, comes once at registration, and when a parent is removed it names the watch.
   *
   * @param path the node that changed, or a special watch such as {@code @releaseDomain}
   * @param token what the watch was registered with
   */
  record Changed(String path, String token) implements XenEvent {}

  /**
   * A connection stands and its watches were sent before this event: what is read from now on is
   * either fresh or followed by a {@link Changed}. Read everything again.
   */
  record Connected() implements XenEvent {}

  /**
   * There is no connection, and changes go unseen until {@link Connected}. Told once for each
   * outage.
   *
   * @param reason what ended it, or why none could be made
   */
  record Disconnected(String reason) implements XenEvent {}

  /**
   * The server refused a watch: only full scans will see changes there. It is asked for again after
   * the next reconnect.
   *
   * @param path the path of the watch
   * @param reason what the server said
   */
  record WatchRefused(String path, String reason) implements XenEvent {}
}
