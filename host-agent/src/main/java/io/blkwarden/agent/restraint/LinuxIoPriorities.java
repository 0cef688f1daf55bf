package io.blkwarden.agent.restraint;

import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.lease.IoPriorities;
import io.blkwarden.commandline.libc.Errno;
import io.blkwarden.commandline.libc.NativeCall;
import io.blkwarden.model.IoPriority;
import io.blkwarden.model.WorkerId;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/**
 * I/O priorities of Linux tasks, by ioprio_get(2) and ioprio_set(2).
 *
 * <p>The calls take a thread id, including kernel threads; 0 would mean the caller and is refused.
 * Setting another user's task, and restoring realtime, needs {@code CAP_SYS_NICE}. Thread-safe.
 */
public final class LinuxIoPriorities implements IoPriorities {
  private static final long WHO_PROCESS = 1;

  private final Syscalls numbers;
  private final NativeCall syscall = new NativeCall("syscall");

  private LinuxIoPriorities(Syscalls numbers) {
    this.numbers = numbers;
  }

  /** Links the system calls; failed if their numbers are unknown for this architecture. */
  public static ReadResult<LinuxIoPriorities> open() {
    return Syscalls.of(System.getProperty("os.name"), System.getProperty("os.arch"))
        .map(LinuxIoPriorities::new);
  }

  @Override
  public ReadResult<IoPriority> get(int pid) {
    if (!isTask(pid)) {
      return ReadResult.failed(notTask(pid));
    }
    int result = call(numbers.get(), pid, 0);
    if (result >= 0) {
      return fromKernel(pid, result);
    }
    return result == -Errno.ESRCH
        ? ReadResult.absent("task " + pid)
        : ReadResult.failed("task %d: ioprio_get: %s".formatted(pid, Errno.describe(-result)));
  }

  @Override
  public Optional<String> set(int pid, IoPriority priority) {
    return priority.ioClass() == IoPriority.IoClass.REALTIME
        ? Optional.of("task %d: realtime is only ever restored, never set".formatted(pid))
        : restore(pid, priority);
  }

  @Override
  public Optional<String> restore(int pid, IoPriority recorded) {
    if (!isTask(pid)) {
      return Optional.of(notTask(pid));
    }
    int result = call(numbers.set(), pid, recorded.toKernel());
    return result == 0
        ? Optional.empty()
        : Optional.of(
            "task %d: ioprio_set %s: %s".formatted(pid, recorded, Errno.describe(-result)));
  }

  /** The result of a system call, or the negated errno. */
  private int call(long number, long pid, long priority) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = arena.allocate(NativeCall.errnoLayout());
      return syscall.call(errno, number, WHO_PROCESS, pid, priority);
    }
  }

  private static ReadResult<IoPriority> fromKernel(int pid, int value) {
    try {
      return ReadResult.present(IoPriority.fromKernel(value));
    } catch (IllegalArgumentException unknownClass) {
      return ReadResult.malformed("task " + pid, "an I/O class of 0 to 3", Integer.toString(value));
    }
  }

  private static boolean isTask(int pid) {
    return pid >= 1 && pid <= WorkerId.MAX_PID;
  }

  private static String notTask(int pid) {
    return "task %d: expected a thread id from 1 to %d".formatted(pid, WorkerId.MAX_PID);
  }

  /**
   * Numbers of the two system calls, which depend on the architecture and have no C library
   * wrapper.
   *
   * @param set ioprio_set(2)
   * @param get ioprio_get(2)
   */
  record Syscalls(int set, int get) {
    /** The numbers for the system properties {@code os.name} and {@code os.arch}. */
    static ReadResult<Syscalls> of(String os, String architecture) {
      if (!os.equals("Linux")) {
        return ReadResult.failed("I/O priorities: expected Linux, found " + os);
      }
      return switch (architecture) {
        case "amd64", "x86_64" -> ReadResult.present(new Syscalls(251, 252));
        case "aarch64", "arm64" -> ReadResult.present(new Syscalls(30, 31));
        default ->
            ReadResult.failed(
                "I/O priorities: system call numbers are known for x86_64 and aarch64, found "
                    + architecture);
      };
    }
  }
}
