package io.blkwarden.agent.uevent;

/** What the kernel's uevent socket had to say: a change, or that changes were missed. */
public sealed interface UeventNotice permits Uevent, UeventNotice.Overrun, UeventNotice.Stopped {
  /**
   * The socket's buffer overflowed (ENOBUFS): events were lost, so scan everything again.
   *
   * @param overruns how many times this has happened since the start
   */
  record Overrun(long overruns) implements UeventNotice {}

  /**
   * No more events will come, and not because of {@link NetlinkUevents#close()}: only full scans
   * will see changes.
   *
   * @param reason the system call that failed and its error
   */
  record Stopped(String reason) implements UeventNotice {}
}
