package io.blkwarden.commandline.service;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.NoSuchElementException;
import java.util.Optional;

/**
 * Somebody's Unix datagram socket, by a path or, with {@code @} in front, by a name of Linux's
 * abstract kind. The JDK has Unix sockets of streams only, so the C library is called.
 */
final class NotifySocket {
  private static final int AF_UNIX = 1;
  private static final int SOCK_DGRAM_CLOEXEC = 2 | 0x80000;
  private static final int MSG_DONTWAIT_NOSIGNAL = 0x40 | 0x4000;
  // struct sockaddr_un: family (2 bytes), path (108; a NUL in front makes it an abstract name).
  private static final int ADDRESS_PATH = 2;
  private static final int MAX_NAME_BYTES = 107;

  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

  /** The calls, made when the first message is sent: most programs send none. */
  private static final class Calls {
    /**
     * One shape for all, and that of the agent's other native calls: the JVM makes code for each
     * new one, at each start. An int stands in the low half of its register, and of the result's.
     */
    static final FunctionDescriptor SHAPE =
        FunctionDescriptor.of(LONG, LONG, LONG, LONG, LONG, LONG, LONG);

    static final MethodHandle SOCKET = find("socket");
    static final MethodHandle SENDTO = find("sendto");
    static final MethodHandle CLOSE = find("close");

    private Calls() {}

    // Native calls are what this class is for.
    @SuppressWarnings("restricted")
    private static MethodHandle find(String name) {
      Linker linker = Linker.nativeLinker();
      return linker.downcallHandle(
          linker.defaultLookup().findOrThrow(name), SHAPE, Linker.Option.captureCallState("errno"));
    }
  }

  private final byte[] name;
  private final boolean isAbstract;

  private NotifySocket(byte[] name, boolean isAbstract) {
    this.name = name;
    this.isAbstract = isAbstract;
  }

  /** The socket of this name; empty for one that no Unix datagram socket can have. */
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
   * Sends one datagram and does not wait for room.
   *
   * @return why it could not be sent
   */
  Optional<String> send(String message) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = arena.allocate(STATE);
      int fd = call(Calls.SOCKET, errno, AF_UNIX, SOCK_DGRAM_CLOEXEC, 0, 0, 0, 0);
      if (fd < 0) {
        return failed("socket", errno);
      }
      byte[] bytes = message.getBytes(UTF_8);
      MemorySegment text = arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes);
      MemorySegment address = address(arena);
      int sent =
          call(
              Calls.SENDTO,
              errno,
              fd,
              text.address(),
              bytes.length,
              MSG_DONTWAIT_NOSIGNAL,
              address.address(),
              address.byteSize());
      Optional<String> fault = sent < 0 ? failed("sendto", errno) : Optional.empty();
      int _ = call(Calls.CLOSE, errno, fd, 0, 0, 0, 0, 0);
      return fault;
    } catch (NoSuchElementException | IllegalCallerException | ExceptionInInitializerError e) {
      return Optional.of("native calls: " + e + "; start with --enable-native-access");
    }
  }

  private static int call(
      MethodHandle function, MemorySegment errno, long a, long b, long c, long d, long e, long f) {
    try {
      return (int) (long) function.invokeExact(errno, a, b, c, d, e, f);
    } catch (Throwable thrown) {
      // A method handle declares Throwable; native code throws nothing.
      throw new IllegalStateException("native call", thrown);
    }
  }

  private MemorySegment address(Arena arena) {
    // A path ends in a NUL; an abstract name ends where the address does.
    MemorySegment address = arena.allocate(ADDRESS_PATH + name.length + (isAbstract ? 0L : 1L), 2);
    address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_UNIX);
    MemorySegment.copy(name, 0, address, ValueLayout.JAVA_BYTE, ADDRESS_PATH, name.length);
    if (isAbstract) {
      address.set(ValueLayout.JAVA_BYTE, ADDRESS_PATH, (byte) 0);
    }
    return address;
  }

  private static Optional<String> failed(String call, MemorySegment errno) {
    return Optional.of("%s: errno %d".formatted(call, (int) ERRNO.get(errno, 0L)));
  }
}
