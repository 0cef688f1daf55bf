package io.blkwarden.agent.uevent;

import io.blkwarden.agent.probe.Reading;
import java.lang.foreign.AddressLayout;
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
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
  private static final AddressLayout POINTER = ValueLayout.ADDRESS;

  private final MethodHandle socket = find("socket", FunctionDescriptor.of(INT, INT, INT, INT));
  private final MethodHandle bind = find("bind", FunctionDescriptor.of(INT, INT, POINTER, INT));
  private final MethodHandle setsockopt =
      find("setsockopt", FunctionDescriptor.of(INT, INT, INT, INT, POINTER, INT));
  private final MethodHandle recvfrom =
      find("recvfrom", FunctionDescriptor.of(LONG, INT, POINTER, LONG, INT, POINTER, POINTER));
  private final MethodHandle poll = find("poll", FunctionDescriptor.of(INT, POINTER, LONG, INT));
  private final MethodHandle eventfd = find("eventfd", FunctionDescriptor.of(INT, INT, INT));
  private final MethodHandle write = find("write", FunctionDescriptor.of(LONG, INT, POINTER, LONG));
  private final MethodHandle close = find("close", FunctionDescriptor.of(INT, INT));

  private SystemCalls() {}

  /** Binds the calls; failed where the JVM may not call native code. */
  static Reading<SystemCalls> load() {
    try {
      return Reading.present(new SystemCalls());
    } catch (NoSuchElementException | IllegalCallerException | UnsupportedOperationException e) {
      return Reading.failed("native calls: " + e + "; start with --enable-native-access");
    }
  }

  // Native calls are what this class is for; each signature stands in its manual page (section 2).
  @SuppressWarnings("restricted")
  private static MethodHandle find(String name, FunctionDescriptor type) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().findOrThrow(name), type, Linker.Option.captureCallState("errno"));
  }

  /** What a caller allocates to get errno through. */
  static MemoryLayout errnoLayout() {
    return STATE;
  }

  int socket(MemorySegment errno, int domain, int type, int protocol) {
    return (int) call(errno, () -> (int) socket.invokeExact(errno, domain, type, protocol));
  }

  int bind(MemorySegment errno, int fd, MemorySegment address) {
    int length = (int) address.byteSize();
    return (int) call(errno, () -> (int) bind.invokeExact(errno, fd, address, length));
  }

  int setsockopt(MemorySegment errno, int fd, int level, int name, MemorySegment value) {
    int length = (int) value.byteSize();
    return (int)
        call(errno, () -> (int) setsockopt.invokeExact(errno, fd, level, name, value, length));
  }

  long recvfrom(
      MemorySegment errno,
      int fd,
      MemorySegment into,
      int flags,
      MemorySegment from,
      MemorySegment fromLength) {
    long length = into.byteSize();
    return call(
        errno, () -> (long) recvfrom.invokeExact(errno, fd, into, length, flags, from, fromLength));
  }

  int poll(MemorySegment errno, MemorySegment fds, long count, int timeoutMillis) {
    return (int) call(errno, () -> (int) poll.invokeExact(errno, fds, count, timeoutMillis));
  }

  int eventfd(MemorySegment errno, int initial, int flags) {
    return (int) call(errno, () -> (int) eventfd.invokeExact(errno, initial, flags));
  }

  long write(MemorySegment errno, int fd, MemorySegment bytes) {
    long length = bytes.byteSize();
    return call(errno, () -> (long) write.invokeExact(errno, fd, bytes, length));
  }

  int close(MemorySegment errno, int fd) {
    return (int) call(errno, () -> (int) close.invokeExact(errno, fd));
  }

  private interface Call {
    // A method handle declares Throwable; native code throws nothing.
    long run() throws Throwable;
  }

  private static long call(MemorySegment errno, Call call) {
    try {
      long result = call.run();
      return result < 0 ? -(int) ERRNO.get(errno, 0L) : result;
    } catch (Throwable e) {
      throw new IllegalStateException("native call", e);
    }
  }
}
