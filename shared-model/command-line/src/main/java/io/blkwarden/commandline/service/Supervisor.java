package io.blkwarden.commandline.service;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.blkwarden.commandline.libc.Errno;
import io.blkwarden.commandline.libc.NativeCall;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;

/**
 * The service manager, notified as in sd_notify(3) by {@code NOTIFY_SOCKET} and {@code
 * WATCHDOG_USEC}. Thread-safe and non-blocking: a message that does not fit into the socket's
 * buffer is an error.
 *
 * @param socket empty without a service manager
 * @param watchdog timeout of the watchdog; empty if there is none
 */
public record Supervisor(Optional<NotifySocket> socket, Optional<Duration> watchdog) {
  /** Maximum length of a status, in characters. */
  private static final int MAX_STATUS = 200;

  /**
   * The service manager of the environment; without one, notifications do nothing.
   *
   * @param pid this process; a watchdog of another process is ignored
   */
  public static Supervisor of(Map<String, String> environment, long pid) {
    Optional<NotifySocket> socket =
        Optional.ofNullable(environment.get("NOTIFY_SOCKET")).flatMap(NotifySocket::named);
    String forPid = environment.getOrDefault("WATCHDOG_PID", Long.toString(pid));
    Optional<Duration> watchdog =
        forPid.equals(Long.toString(pid))
            ? Optional.ofNullable(environment.get("WATCHDOG_USEC")).flatMap(Supervisor::micros)
            : Optional.empty();
    return new Supervisor(socket, watchdog);
  }

  private static Optional<Duration> micros(String text) {
    return text.matches("[1-9]\\d{0,14}")
        ? Optional.of(Duration.ofNanos(Long.parseLong(text) * 1_000))
        : Optional.empty();
  }

  /** Whether there is a service manager. */
  public boolean listens() {
    return socket.isPresent();
  }

  /**
   * Notifies that the service is ready and alive; repeat it within the watchdog timeout.
   *
   * @param status status text
   * @return the error, if any
   */
  public Optional<String> working(String status) {
    return send("READY=1\nWATCHDOG=1\nSTATUS=" + line(status));
  }

  /**
   * Sets the status without a keep-alive.
   *
   * @return the error, if any
   */
  public Optional<String> status(String status) {
    return send("STATUS=" + line(status));
  }

  /**
   * Notifies that the service is stopping.
   *
   * @return the error, if any
   */
  public Optional<String> stopping() {
    return send("STOPPING=1\nSTATUS=stopping");
  }

  private Optional<String> send(String message) {
    return socket.flatMap(to -> to.send(message));
  }

  /** A status on one line: messages are lines of KEY=VALUE. */
  private static String line(String status) {
    String line = status.replaceAll("\\p{Cntrl}+", " ");
    return line.length() > MAX_STATUS ? line.substring(0, MAX_STATUS) : line;
  }

  /**
   * The address of a Unix datagram socket: a path, or an abstract name that starts with {@code @}.
   * The JDK supports stream sockets only, so this calls the C library.
   */
  public static final class NotifySocket {
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
      MemorySegment address =
          arena.allocate(ADDRESS_PATH + name.length + (isAbstract ? 0L : 1L), 2);
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
}
