package io.blkwarden.agent.uevent;

import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.commandline.libc.Errno;
import io.blkwarden.commandline.libc.NativeCall;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * A netlink socket of the kernel's uevent group, and an eventfd to wake the waiting thread. One
 * thread waits and receives; {@link #wake} and {@link #close} are thread-safe.
 */
final class UeventSocket implements AutoCloseable {
  private static final int AF_NETLINK = 16;
  private static final int SOCK_DGRAM_CLOEXEC = 2 | 0x80000;
  private static final int NETLINK_KOBJECT_UEVENT = 15;
  private static final int KERNEL_GROUP = 1;
  private static final int SOL_SOCKET = 1;
  private static final int SO_RCVBUF = 8;
  private static final int SO_RCVBUFFORCE = 33;
  private static final int EFD_CLOEXEC = 0x80000;
  private static final int MSG_TRUNC_DONTWAIT = 0x20 | 0x40;
  private static final short POLLIN = 1;
  // struct sockaddr_nl: family (2 bytes), padding (2), port id (4), groups (4).
  private static final int ADDRESS_BYTES = 12;
  private static final int ADDRESS_PORT = 4;
  private static final int ADDRESS_GROUPS = 8;
  // struct pollfd: descriptor (4 bytes), wanted (2), found (2).
  private static final int POLL_BYTES = 8;

  /** The result of waiting. */
  enum Wait {
    READABLE,
    WOKEN,
    INTERRUPTED,
    FAILED
  }

  /** The result of receiving. */
  sealed interface Received {
    /** A message of the kernel, valid until the next call. */
    record Message(ByteBuffer bytes) implements Received {}

    /** A message of a process. */
    record Foreign(int port) implements Received {}

    /** No message is available. */
    record Nothing() implements Received {}

    /** Messages were lost since the last call. */
    record Overrun() implements Received {}

    /** The socket failed. */
    record Broken(String reason) implements Received {}
  }

  /** The native calls, linked when the first socket is opened. */
  private static final class Calls {
    static final NativeCall SOCKET = new NativeCall("socket");
    static final NativeCall BIND = new NativeCall("bind");
    static final NativeCall SETSOCKOPT = new NativeCall("setsockopt");
    static final NativeCall RECVFROM = new NativeCall("recvfrom");
    static final NativeCall POLL = new NativeCall("poll");
    static final NativeCall EVENTFD = new NativeCall("eventfd");
    static final NativeCall WRITE = new NativeCall("write");
    static final NativeCall CLOSE = new NativeCall("close");

    private Calls() {}
  }

  private final Arena arena = Arena.ofAuto();
  private final MemorySegment errno = arena.allocate(NativeCall.errnoLayout());
  private final MemorySegment message = arena.allocate(Uevent.MAX_BYTES);
  private final MemorySegment from = arena.allocate(ADDRESS_BYTES, 4);
  private final MemorySegment fromLength = arena.allocate(ValueLayout.JAVA_INT);
  private final MemorySegment polled = arena.allocate(2L * POLL_BYTES, 4);
  private final int socket;
  private final int wake;
  private boolean closed;

  private UeventSocket(int socket, int wake) {
    this.socket = socket;
    this.wake = wake;
  }

  /**
   * Opens and binds the socket; only a buffer above {@code net.core.rmem_max} needs a privilege.
   *
   * @param bufferBytes size of the receive buffer
   */
  static ReadResult<UeventSocket> open(int bufferBytes) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = arena.allocate(NativeCall.errnoLayout());
      int socket = Calls.SOCKET.call(errno, AF_NETLINK, SOCK_DGRAM_CLOEXEC, NETLINK_KOBJECT_UEVENT);
      if (socket < 0) {
        return ReadResult.failed("uevents: socket: " + Errno.describe(-socket));
      }
      MemorySegment size = arena.allocateFrom(ValueLayout.JAVA_INT, bufferBytes);
      if (setReceiveBuffer(errno, socket, SO_RCVBUFFORCE, size) < 0) {
        // without CAP_NET_ADMIN the kernel caps it to net.core.rmem_max, which is sufficient
        int _ = setReceiveBuffer(errno, socket, SO_RCVBUF, size);
      }
      MemorySegment address = arena.allocate(ADDRESS_BYTES, 4);
      address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_NETLINK);
      address.set(ValueLayout.JAVA_INT, ADDRESS_GROUPS, KERNEL_GROUP);
      int bound = Calls.BIND.call(errno, socket, address.address(), address.byteSize());
      int wake = bound < 0 ? bound : Calls.EVENTFD.call(errno, 0, EFD_CLOEXEC);
      if (wake < 0) {
        int _ = Calls.CLOSE.call(errno, socket);
        return ReadResult.failed("uevents: bind or eventfd: " + Errno.describe(-wake));
      }
      return ReadResult.present(new UeventSocket(socket, wake));
    } catch (LinkageError e) { // of the initialisation of Calls
      return ReadResult.failed(
          "native calls: %s; start with --enable-native-access"
              .formatted(Objects.requireNonNullElse(e.getCause(), e)));
    }
  }

  private static int setReceiveBuffer(
      MemorySegment errno, int socket, int option, MemorySegment size) {
    return Calls.SETSOCKOPT.call(
        errno, socket, SOL_SOCKET, option, size.address(), size.byteSize());
  }

  /** Waits for a message or {@link #wake}. */
  Wait await() {
    watch(0, socket);
    watch(1, wake);
    int ready = Calls.POLL.call(errno, polled.address(), 2, -1);
    if (ready < 0) {
      return ready == -Errno.EINTR ? Wait.INTERRUPTED : Wait.FAILED;
    }
    // receive() reports errors of the socket
    return found(1) != 0 ? Wait.WOKEN : Wait.READABLE;
  }

  private void watch(int slot, int fd) {
    polled.set(ValueLayout.JAVA_INT, (long) slot * POLL_BYTES, fd);
    polled.set(ValueLayout.JAVA_SHORT, (long) slot * POLL_BYTES + 4, POLLIN);
    polled.set(ValueLayout.JAVA_SHORT, (long) slot * POLL_BYTES + 6, (short) 0);
  }

  private short found(int slot) {
    return polled.get(ValueLayout.JAVA_SHORT, (long) slot * POLL_BYTES + 6);
  }

  /** Receives a message without blocking. Only the kernel sends from port 0. */
  Received receive() {
    fromLength.set(ValueLayout.JAVA_INT, 0, ADDRESS_BYTES);
    int length =
        Calls.RECVFROM.call(
            errno,
            socket,
            message.address(),
            message.byteSize(),
            MSG_TRUNC_DONTWAIT,
            from.address(),
            fromLength.address());
    if (length == -Errno.EAGAIN || length == -Errno.EINTR) {
      return new Received.Nothing();
    }
    if (length == -Errno.ENOBUFS) {
      return new Received.Overrun();
    }
    if (length < 0) {
      return new Received.Broken("recvfrom: " + Errno.describe(-length));
    }
    int port = from.get(ValueLayout.JAVA_INT, ADDRESS_PORT);
    if (port != 0 || from.get(ValueLayout.JAVA_SHORT, 0) != AF_NETLINK) {
      return new Received.Foreign(port);
    }
    // a longer message is truncated and found malformed by its parser
    return new Received.Message(
        message.asSlice(0, Math.min(length, message.byteSize())).asByteBuffer());
  }

  /** Makes {@link #await} return; has no effect after {@link #close}. */
  synchronized void wake() {
    if (!closed) {
      try (Arena own = Arena.ofConfined()) {
        MemorySegment one = own.allocateFrom(ValueLayout.JAVA_LONG, 1L);
        int _ =
            Calls.WRITE.call(
                own.allocate(NativeCall.errnoLayout()), wake, one.address(), one.byteSize());
      }
    }
  }

  /** Closes both descriptors; call this when no thread waits or receives. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      int _ = Calls.CLOSE.call(errno, socket) + Calls.CLOSE.call(errno, wake);
    }
  }
}
