package io.blkwarden.agent.uevent;

import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.commandline.libc.NativeCall;
import java.lang.foreign.MemorySegment;
import java.util.NoSuchElementException;

/** The system calls of a netlink socket. Each returns its result, or the negated errno. */
final class SystemCalls {
  private final NativeCall socket = new NativeCall("socket");
  private final NativeCall bind = new NativeCall("bind");
  private final NativeCall setsockopt = new NativeCall("setsockopt");
  private final NativeCall recvfrom = new NativeCall("recvfrom");
  private final NativeCall poll = new NativeCall("poll");
  private final NativeCall eventfd = new NativeCall("eventfd");
  private final NativeCall write = new NativeCall("write");
  private final NativeCall close = new NativeCall("close");

  private SystemCalls() {}

  /** Links the calls; failed if native access is not enabled. */
  static ReadResult<SystemCalls> load() {
    try {
      return ReadResult.present(new SystemCalls());
    } catch (NoSuchElementException | IllegalCallerException | UnsupportedOperationException e) {
      return ReadResult.failed("native calls: " + e + "; start with --enable-native-access");
    }
  }

  int socket(MemorySegment errno, int domain, int type, int protocol) {
    return socket.call(errno, domain, type, protocol, 0, 0, 0);
  }

  int bind(MemorySegment errno, int fd, MemorySegment address) {
    return bind.call(errno, fd, address.address(), address.byteSize(), 0, 0, 0);
  }

  int setsockopt(MemorySegment errno, int fd, int level, int name, MemorySegment value) {
    return setsockopt.call(errno, fd, level, name, value.address(), value.byteSize(), 0);
  }

  int recvfrom(
      MemorySegment errno,
      int fd,
      MemorySegment into,
      int flags,
      MemorySegment from,
      MemorySegment fromLength) {
    return recvfrom.call(
        errno, fd, into.address(), into.byteSize(), flags, from.address(), fromLength.address());
  }

  int poll(MemorySegment errno, MemorySegment fds, long count, int timeoutMillis) {
    return poll.call(errno, fds.address(), count, timeoutMillis, 0, 0, 0);
  }

  int eventfd(MemorySegment errno, int initial, int flags) {
    return eventfd.call(errno, initial, flags, 0, 0, 0, 0);
  }

  int write(MemorySegment errno, int fd, MemorySegment bytes) {
    return write.call(errno, fd, bytes.address(), bytes.byteSize(), 0, 0, 0);
  }

  int close(MemorySegment errno, int fd) {
    return close.call(errno, fd, 0, 0, 0, 0, 0);
  }
}
