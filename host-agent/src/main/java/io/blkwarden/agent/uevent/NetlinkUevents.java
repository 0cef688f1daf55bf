package io.blkwarden.agent.uevent;

import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.model.Require;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The kernel's uevents, heard on a netlink socket by one thread of its own.
 *
 * <p>Messages of any sender but the kernel are dropped and counted: a process could otherwise make
 * up devices. Notices come in the kernel's order on that thread; while the receiver is busy up to
 * {@code bufferBytes} wait in the socket, and what is beyond is lost and told as an {@link
 * UeventNotice.Overrun}. What the receiver throws is logged.
 */
public final class NetlinkUevents implements AutoCloseable {
  /** A buffer for some thousands of events, as when all of a host's volumes are activated. */
  public static final int BUFFER_BYTES = 8 * 1024 * 1024;

  private static final Logger LOG = LoggerFactory.getLogger(NetlinkUevents.class);
  private static final int JOIN_MILLIS = 5_000;

  /**
   * How many messages of each kind have come.
   *
   * @param events passed on
   * @param foreign dropped because a process sent them
   * @param malformed dropped because they do not parse
   * @param overruns times that messages were lost
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

  /** Opens the socket and starts to listen; failed with the system call that did not work. */
  public static ReadResult<NetlinkUevents> open(Consumer<UeventNotice> notices) {
    return open(notices, BUFFER_BYTES);
  }

  /**
   * As {@link #open(Consumer)}, with a buffer of another size.
   *
   * @param bufferBytes 1 KiB to 256 MiB; the kernel doubles it, for its own bookkeeping
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
      tell(new UeventNotice.Stopped("uevents: " + stopped));
    }
  }

  /** Takes all that is there; a reason once there will never be more. */
  private String drain() {
    while (!closing) {
      switch (socket.receive()) {
        case UeventSocket.Received.Message message -> take(Uevent.parse(message.bytes()));
        case UeventSocket.Received.Foreign _ -> foreign.incrementAndGet();
        case UeventSocket.Received.Overrun _ ->
            tell(new UeventNotice.Overrun(overruns.incrementAndGet()));
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
        tell(event);
      }
      case ReadResult<Uevent> bad -> {
        malformed.incrementAndGet();
        LOG.debug("dropped: {}", bad.describe());
      }
    }
  }

  private void tell(UeventNotice notice) {
    try {
      notices.accept(notice);
    } catch (RuntimeException e) {
      LOG.error("the receiver of uevents failed at {}", notice, e);
    }
  }

  /** How many messages have come since the start. */
  public Counts counts() {
    return new Counts(events.get(), foreign.get(), malformed.get(), overruns.get());
  }

  /** Ends the thread; events that are still waiting are dropped. */
  @Override
  public void close() {
    closing = true;
    socket.wake();
    if (Thread.currentThread() == thread) {
      return;
    }
    try {
      if (!thread.join(Duration.ofMillis(JOIN_MILLIS))) {
        LOG.warn("the uevent thread has not ended after {} ms", JOIN_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
