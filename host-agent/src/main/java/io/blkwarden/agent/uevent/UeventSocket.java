package io.blkwarden.agent.uevent;

import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.commandline.libc.Errno;
import io.blkwarden.commandline.libc.NativeCall;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.Objects;

/** A netlink socket of the kernel's uevent group. Not thread-safe. */
final class UeventSocket implements AutoCloseable {
  private static final int AF_NETLINK = 16;
  private static final int SOCK_DGRAM_CLOEXEC = 2 | 0x80000;
  private static final int NETLINK_KOBJECT_UEVENT = 15;
  private static final int KERNEL_GROUP = 1;
  private static final int SOL_SOCKET = 1;
  private static final int SO_RCVBUF = 8;
  private static final int SO_RCVBUFFORCE = 33;
  private static final int SO_RCVTIMEO = 20;
  private static final long TIMEOUT_MICROS = 250_000;
  private static final int MSG_TRUNC = 0x20;
  // struct sockaddr_nl: family (2 bytes), padding (2), port id (4), groups (4).
  private static final int ADDRESS_BYTES = 12;
  private static final int ADDRESS_PORT = 4;
  private static final int ADDRESS_GROUPS = 8;

  /** The result of receiving. */
  sealed interface Received {
    /** A message of the kernel, valid until the next call. */
    record Message(ByteBuffer bytes) implements Received {}

    /** A message of a process. */
    record Foreign() implements Received {}

    /** No message within the timeout. */
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
    static final NativeCall CLOSE = new NativeCall("close");

    private Calls() {}
  }

  private final Arena arena = Arena.ofAuto();
  private final MemorySegment errno = arena.allocate(NativeCall.errnoLayout());
  private final MemorySegment message = arena.allocate(Uevent.MAX_BYTES);
  private final MemorySegment from = arena.allocate(ADDRESS_BYTES, 4);
  private final MemorySegment fromLength = arena.allocate(ValueLayout.JAVA_INT);
  private final int socket;

  private UeventSocket(int socket) {
    this.socket = socket;
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
      if (set(errno, socket, SO_RCVBUFFORCE, size) < 0) {
        // without CAP_NET_ADMIN the kernel caps it to net.core.rmem_max, which is sufficient
        int _ = set(errno, socket, SO_RCVBUF, size);
      }
      MemorySegment timeout = arena.allocateFrom(ValueLayout.JAVA_LONG, 0, TIMEOUT_MICROS);
      int result = set(errno, socket, SO_RCVTIMEO, timeout);
      if (result >= 0) {
        MemorySegment address = arena.allocate(ADDRESS_BYTES, 4);
        address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_NETLINK);
        address.set(ValueLayout.JAVA_INT, ADDRESS_GROUPS, KERNEL_GROUP);
        result = Calls.BIND.call(errno, socket, address.address(), address.byteSize());
      }
      if (result < 0) {
        int _ = Calls.CLOSE.call(errno, socket);
        return ReadResult.failed("uevents: setsockopt or bind: " + Errno.describe(-result));
      }
      return ReadResult.present(new UeventSocket(socket));
    } catch (LinkageError e) { // of the initialisation of Calls
      return ReadResult.failed(
          "native calls: %s; start with --enable-native-access"
              .formatted(Objects.requireNonNullElse(e.getCause(), e)));
    }
  }

  private static int set(MemorySegment errno, int socket, int option, MemorySegment value) {
    return Calls.SETSOCKOPT.call(
        errno, socket, SOL_SOCKET, option, value.address(), value.byteSize());
  }

  /** Waits up to 250 ms for a message. Only the kernel sends from port 0. */
  Received receive() {
    fromLength.set(ValueLayout.JAVA_INT, 0, ADDRESS_BYTES);
    int length =
        Calls.RECVFROM.call(
            errno,
            socket,
            message.address(),
            message.byteSize(),
            MSG_TRUNC,
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
    if (from.get(ValueLayout.JAVA_INT, ADDRESS_PORT) != 0
        || from.get(ValueLayout.JAVA_SHORT, 0) != AF_NETLINK) {
      return new Received.Foreign();
    }
    // a longer message is truncated and found malformed by its parser
    return new Received.Message(
        message.asSlice(0, Math.min(length, message.byteSize())).asByteBuffer());
  }

  /** Closes the socket; call this once, when no thread receives. */
  @Override
  public void close() {
    int _ = Calls.CLOSE.call(errno, socket);
  }
}
