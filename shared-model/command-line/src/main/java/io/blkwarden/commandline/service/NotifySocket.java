package io.blkwarden.commandline.service;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.blkwarden.commandline.libc.Errno;
import io.blkwarden.commandline.libc.NativeCall;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.NoSuchElementException;
import java.util.Optional;

/**
 * The address of a Unix datagram socket: a path, or an abstract name that starts with {@code @}.
 * The JDK supports stream sockets only, so this calls the C library.
 */
final class NotifySocket {
  private static final int AF_UNIX = 1;
  private static final int SOCK_DGRAM_CLOEXEC = 2 | 0x80000;
  private static final int MSG_DONTWAIT_NOSIGNAL = 0x40 | 0x4000;
  // struct sockaddr_un: family (2 bytes), path (108; a leading NUL makes it an abstract name).
  private static final int ADDRESS_PATH = 2;
  private static final int MAX_NAME_BYTES = 107;

  /** The native calls, linked when the first message is sent: most programs send none. */
  private static final class Calls {
    static final NativeCall SOCKET = new NativeCall("socket");
    static final NativeCall SENDTO = new NativeCall("sendto");
    static final NativeCall CLOSE = new NativeCall("close");

    private Calls() {}
  }

  private final byte[] name;
  private final boolean isAbstract;

  private NotifySocket(byte[] name, boolean isAbstract) {
    this.name = name;
    this.isAbstract = isAbstract;
  }

  /** The socket with a name; empty if no Unix datagram socket can have it. */
  static Optional<NotifySocket> named(String name) {
    byte[] bytes = name.getBytes(UTF_8);
    boolean isAbstract = name.startsWith("@");
    return (isAbstract || name.startsWith("/"))
            && bytes.length > 1
            && bytes.length <= MAX_NAME_BYTES
            && name.indexOf('\0') < 0
        ? Optional.of(new NotifySocket(bytes, isAbstract))
        : Optional.empty();
  }

  /**
   * Sends one datagram without blocking.
   *
   * @return the error, if any
   */
  Optional<String> send(String message) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = arena.allocate(NativeCall.errnoLayout());
      int fd = Calls.SOCKET.call(errno, AF_UNIX, SOCK_DGRAM_CLOEXEC, 0);
      if (fd < 0) {
        return failed("socket", fd);
      }
      byte[] bytes = message.getBytes(UTF_8);
      MemorySegment text = arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes);
      MemorySegment address = address(arena);
      int sent =
          Calls.SENDTO.call(
              errno,
              fd,
              text.address(),
              bytes.length,
              MSG_DONTWAIT_NOSIGNAL,
              address.address(),
              address.byteSize());
      Optional<String> fault = sent < 0 ? failed("sendto", sent) : Optional.empty();
      int _ = Calls.CLOSE.call(errno, fd);
      return fault;
    } catch (NoSuchElementException | IllegalCallerException | ExceptionInInitializerError e) {
      return Optional.of("native calls: " + e + "; start with --enable-native-access");
    }
  }

  private MemorySegment address(Arena arena) {
    // a path ends with a NUL; an abstract name ends with the address
    MemorySegment address = arena.allocate(ADDRESS_PATH + name.length + (isAbstract ? 0L : 1L), 2);
    address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_UNIX);
    MemorySegment.copy(name, 0, address, ValueLayout.JAVA_BYTE, ADDRESS_PATH, name.length);
    if (isAbstract) {
      address.set(ValueLayout.JAVA_BYTE, ADDRESS_PATH, (byte) 0);
    }
    return address;
  }

  private static Optional<String> failed(String call, int result) {
    return Optional.of("%s: %s".formatted(call, Errno.describe(-result)));
  }
}
