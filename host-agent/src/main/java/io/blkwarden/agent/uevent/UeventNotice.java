package io.blkwarden.agent.uevent;

/** A uevent, or the loss of uevents. */
public sealed interface UeventNotice permits Uevent, UeventNotice.Overrun, UeventNotice.Stopped {
  /** The socket buffer overflowed (ENOBUFS) and events were lost: a full scan is needed. */
  record Overrun() implements UeventNotice {}

  /**
   * The socket failed and no more events are received: only full scans find changes.
   *
   * @param reason the failed system call and its error
   */
  record Stopped(String reason) implements UeventNotice {}
}
