package io.blkwarden.agent.uevent;

import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.commandline.Check;
import java.time.Duration;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Receives the kernel's uevents from a netlink socket on its own thread.
 *
 * <p>Messages of other senders than the kernel are dropped: a process could forge devices. The
 * receiver is called on that thread, in the kernel's order; its exceptions are logged. While it is
 * busy, up to {@code bufferBytes} are buffered in the socket; beyond that, messages are lost and
 * reported as {@link UeventNotice.Overrun}.
 */
public final class NetlinkUevents implements AutoCloseable {
  /** Buffer for thousands of events, such as the activation of all volumes of a host. */
  public static final int BUFFER_BYTES = 8 * 1024 * 1024;

  private static final Logger LOG = LoggerFactory.getLogger(NetlinkUevents.class);
  private static final int JOIN_MILLIS = 5_000;

  private final UeventSocket socket;
  private final Consumer<UeventNotice> notices;
  private final Thread thread;
  private volatile boolean closing;

  private NetlinkUevents(UeventSocket socket, Consumer<UeventNotice> notices) {
    this.socket = socket;
    this.notices = notices;
    this.thread = Thread.ofPlatform().daemon().name("uevents").unstarted(this::run);
  }

  /**
   * Opens the socket and starts the thread; failed with the system call that failed.
   *
   * @param bufferBytes buffer size, such as {@link #BUFFER_BYTES}; the kernel doubles it for
   *     bookkeeping
   */
  public static ReadResult<NetlinkUevents> open(Consumer<UeventNotice> notices, int bufferBytes) {
    return UeventSocket.open(bufferBytes)
        .map(socket -> {
          NetlinkUevents uevents = new NetlinkUevents(socket, notices);
          uevents.thread.start();
          return uevents;
        });
  }

  /** The {@code doctor} check of the socket. */
  public static Check check() {
    return switch (UeventSocket.open(BUFFER_BYTES)) {
      case ReadResult.Present<UeventSocket>(UeventSocket socket) -> {
        socket.close();
        yield Check.ok("uevents", "the NETLINK_KOBJECT_UEVENT socket works");
      }
      case ReadResult<UeventSocket> none ->
          Check.warn(
              "uevents",
              none.describe(),
              "New devices are found by full scans only. Allow AF_NETLINK in the service's"
                  + " RestrictAddressFamilies, and --enable-native-access in the JVM options.");
    };
  }

  private void run() {
    try (socket) {
      while (!closing) {
        switch (socket.receive()) {
          case UeventSocket.Received.Message message -> take(Uevent.parse(message.bytes()));
          case UeventSocket.Received.Foreign _, UeventSocket.Received.Nothing _ -> {}
          case UeventSocket.Received.Overrun _ -> emit(new UeventNotice.Overrun());
          case UeventSocket.Received.Broken broken -> {
            emit(new UeventNotice.Stopped("uevents: " + broken.reason()));
            return;
          }
        }
      }
    }
  }

  private void take(ReadResult<Uevent> parsed) {
    switch (parsed) {
      case ReadResult.Present<Uevent>(Uevent event) -> emit(event);
      case ReadResult<Uevent> bad -> LOG.debug("malformed uevent: {}", bad.describe());
    }
  }

  private void emit(UeventNotice notice) {
    try {
      notices.accept(notice);
    } catch (RuntimeException e) {
      LOG.error("uevent receiver failed: {}", notice, e);
    }
  }

  /** Stops the thread; buffered events are dropped. */
  @Override
  public void close() {
    closing = true;
    if (Thread.currentThread() == thread) {
      return;
    }
    try {
      if (!thread.join(Duration.ofMillis(JOIN_MILLIS))) {
        LOG.warn("the uevent thread has not stopped within {} ms", JOIN_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
