package io.blkwarden.agent.uevent;

import io.blkwarden.agent.kernel.ReadResult;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.NoSuchElementException;

/**
 * The calls of the C library that a netlink socket needs. Each gives its result, or the negated
 * errno, as the kernel itself does.
 *
 * <p>Each caller brings its own {@linkplain #errnoLayout() place for errno}, so threads do not
 * share one.
 */
final class SystemCalls {
  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

  /**
   * All calls in one shape, for which the JVM makes its code once: each new one costs tens of
   * milliseconds of a start. A call looks at no more registers than it has arguments, at the low
   * half of one for an int, and gives an int in the low half of its result; none here gives more.
   */
  private static final FunctionDescriptor SHAPE =
      FunctionDescriptor.of(LONG, LONG, LONG, LONG, LONG, LONG, LONG);

  private final MethodHandle socket = find("socket");
  private final MethodHandle bind = find("bind");
  private final MethodHandle setsockopt = find("setsockopt");
  private final MethodHandle recvfrom = find("recvfrom");
  private final MethodHandle poll = find("poll");
  private final MethodHandle eventfd = find("eventfd");
  private final MethodHandle write = find("write");
  private final MethodHandle close = find("close");

  private SystemCalls() {}

  /** Binds the calls; failed where the JVM may not call native code. */
  static ReadResult<SystemCalls> load() {
    try {
      return ReadResult.present(new SystemCalls());
    } catch (NoSuchElementException | IllegalCallerException | UnsupportedOperationException e) {
      return ReadResult.failed("native calls: " + e + "; start with --enable-native-access");
    }
  }

  // Native calls are what this class is for.
  @SuppressWarnings("restricted")
  private static MethodHandle find(String name) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().findOrThrow(name), SHAPE, Linker.Option.captureCallState("errno"));
  }

  /** What a caller allocates to get errno through. */
  static MemoryLayout errnoLayout() {
    return STATE;
  }

  int socket(MemorySegment errno, int domain, int type, int protocol) {
    return (int) call(socket, errno, domain, type, protocol, 0, 0, 0);
  }

  int bind(MemorySegment errno, int fd, MemorySegment address) {
    return (int) call(bind, errno, fd, address.address(), address.byteSize(), 0, 0, 0);
  }

  int setsockopt(MemorySegment errno, int fd, int level, int name, MemorySegment value) {
    return (int) call(setsockopt, errno, fd, level, name, value.address(), value.byteSize(), 0);
  }

  long recvfrom(
      MemorySegment errno,
      int fd,
      MemorySegment into,
      int flags,
      MemorySegment from,
      MemorySegment fromLength) {
    return call(
        recvfrom,
        errno,
        fd,
        into.address(),
        into.byteSize(),
        flags,
        from.address(),
        fromLength.address());
  }

  int poll(MemorySegment errno, MemorySegment fds, long count, int timeoutMillis) {
    return (int) call(poll, errno, fds.address(), count, timeoutMillis, 0, 0, 0);
  }

  int eventfd(MemorySegment errno, int initial, int flags) {
    return (int) call(eventfd, errno, initial, flags, 0, 0, 0, 0);
  }

  long write(MemorySegment errno, int fd, MemorySegment bytes) {
    return call(write, errno, fd, bytes.address(), bytes.byteSize(), 0, 0, 0);
  }

  int close(MemorySegment errno, int fd) {
    return (int) call(close, errno, fd, 0, 0, 0, 0, 0);
  }

  private static long call(
      MethodHandle function, MemorySegment errno, long a, long b, long c, long d, long e, long f) {
    try {
      int result = (int) (long) function.invokeExact(errno, a, b, c, d, e, f);
      return result < 0 ? -(int) ERRNO.get(errno, 0L) : result;
    } catch (Throwable thrown) {
      // A method handle declares Throwable; native code throws nothing.
      throw new IllegalStateException("native call", thrown);
    }
  }
}
