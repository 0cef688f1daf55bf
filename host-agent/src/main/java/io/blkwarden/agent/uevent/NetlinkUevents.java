package io.blkwarden.agent.uevent;

import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.model.Require;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Receives the kernel's uevents from a netlink socket on its own thread.
 *
 * <p>Messages of other senders than the kernel are dropped and counted: a process could forge
 * devices. The receiver is called on that thread, in the kernel's order; its exceptions are logged.
 * While it is busy, up to {@code bufferBytes} are buffered in the socket; beyond that, messages are
 * lost and reported as {@link UeventNotice.Overrun}.
 */
public final class NetlinkUevents implements AutoCloseable {
  /** Buffer for thousands of events, such as the activation of all volumes of a host. */
  public static final int BUFFER_BYTES = 8 * 1024 * 1024;

  private static final Logger LOG = LoggerFactory.getLogger(NetlinkUevents.class);
  private static final int JOIN_MILLIS = 5_000;

  /**
   * Numbers of received messages.
   *
   * @param events passed to the receiver
   * @param foreign dropped because a process sent them
   * @param malformed dropped as malformed
   * @param overruns how often messages were lost
   */
  public record Counts(long events, long foreign, long malformed, long overruns) {}

  private final UeventSocket socket;
  private final Consumer<UeventNotice> notices;
  private final Thread thread;
  private final AtomicLong events = new AtomicLong();
  private final AtomicLong foreign = new AtomicLong();
  private final AtomicLong malformed = new AtomicLong();
  private final AtomicLong overruns = new AtomicLong();
  private volatile boolean closing;

  private NetlinkUevents(UeventSocket socket, Consumer<UeventNotice> notices) {
    this.socket = socket;
    this.notices = notices;
    this.thread = Thread.ofPlatform().daemon().name("uevents").unstarted(this::run);
  }

  /** Opens the socket and starts the thread; failed with the system call that failed. */
  public static ReadResult<NetlinkUevents> open(Consumer<UeventNotice> notices) {
    return open(notices, BUFFER_BYTES);
  }

  /**
   * As {@link #open(Consumer)}, with another buffer size.
   *
   * @param bufferBytes 1 KiB to 256 MiB; the kernel doubles it for bookkeeping
   */
  public static ReadResult<NetlinkUevents> open(Consumer<UeventNotice> notices, int bufferBytes) {
    Require.within(bufferBytes, 1024, 256 << 20, "uevents.buffer_bytes");
    return UeventSocket.open(bufferBytes)
        .map(socket -> {
          NetlinkUevents uevents = new NetlinkUevents(socket, notices);
          uevents.thread.start();
          return uevents;
        });
  }

  private void run() {
    String stopped = "";
    try (socket) {
      while (!closing && stopped.isEmpty()) {
        stopped =
            switch (socket.await()) {
              case READABLE -> drain();
              case WOKEN, INTERRUPTED -> "";
              case FAILED -> "poll failed";
            };
      }
    }
    if (!stopped.isEmpty()) {
      emit(new UeventNotice.Stopped("uevents: " + stopped));
    }
  }

  /** Receives all available messages; returns why the socket failed, or an empty text. */
  private String drain() {
    while (!closing) {
      switch (socket.receive()) {
        case UeventSocket.Received.Message message -> take(Uevent.parse(message.bytes()));
        case UeventSocket.Received.Foreign _ -> foreign.incrementAndGet();
        case UeventSocket.Received.Overrun _ ->
            emit(new UeventNotice.Overrun(overruns.incrementAndGet()));
        case UeventSocket.Received.Nothing _ -> {
          return "";
        }
        case UeventSocket.Received.Broken broken -> {
          return broken.reason();
        }
      }
    }
    return "";
  }

  private void take(ReadResult<Uevent> parsed) {
    switch (parsed) {
      case ReadResult.Present<Uevent>(Uevent event) -> {
        events.incrementAndGet();
        emit(event);
      }
      case ReadResult<Uevent> bad -> {
        malformed.incrementAndGet();
        LOG.debug("malformed uevent: {}", bad.describe());
      }
    }
  }

  private void emit(UeventNotice notice) {
    try {
      notices.accept(notice);
    } catch (RuntimeException e) {
      LOG.error("uevent receiver failed: {}", notice, e);
    }
  }

  /** Numbers of messages since the start. */
  public Counts counts() {
    return new Counts(events.get(), foreign.get(), malformed.get(), overruns.get());
  }

  /** Stops the thread; buffered events are dropped. */
  @Override
  public void close() {
    closing = true;
    socket.wake();
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
