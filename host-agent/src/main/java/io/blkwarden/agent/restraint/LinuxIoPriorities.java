package io.blkwarden.agent.restraint;

import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.lease.IoPriorities;
import io.blkwarden.model.IoPriority;
import io.blkwarden.model.WorkerId;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.Optional;

/**
 * The I/O priorities of Linux tasks, by ioprio_get(2) and ioprio_set(2).
 *
 * <p>The calls take the number of one thread, kernel threads included; 0 would mean the caller and
 * is refused. Setting another user's task, and restoring realtime, needs {@code CAP_SYS_NICE}. Safe
 * for use by several threads.
 */
public final class LinuxIoPriorities implements IoPriorities {
  private static final long WHO_PROCESS = 1;

  /**
   * The shape of all native calls of this agent, for which the JVM makes its code once. syscall(2)
   * takes what it is given, like any other function of this shape: no vector registers.
   */
  private static final FunctionDescriptor SHAPE =
      FunctionDescriptor.of(
          ValueLayout.JAVA_LONG,
          ValueLayout.JAVA_LONG,
          ValueLayout.JAVA_LONG,
          ValueLayout.JAVA_LONG,
          ValueLayout.JAVA_LONG,
          ValueLayout.JAVA_LONG,
          ValueLayout.JAVA_LONG);

  private final PrioritySyscalls numbers;
  private final MethodHandle syscall;
  private final StructLayout stateLayout;
  private final VarHandle errno;

  // Linking to a native function is what this class is for: the launcher allows it by
  // --enable-native-access or the manifest.
  @SuppressWarnings("restricted")
  private LinuxIoPriorities(PrioritySyscalls numbers) {
    this.numbers = numbers;
    this.stateLayout = Linker.Option.captureStateLayout();
    this.errno = stateLayout.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    Linker linker = Linker.nativeLinker();
    this.syscall =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("syscall"),
            SHAPE,
            Linker.Option.captureCallState("errno"));
  }

  /** Links to this host's kernel; failed where the system calls' numbers are not known. */
  public static ReadResult<LinuxIoPriorities> open() {
    return PrioritySyscalls.of(System.getProperty("os.name"), System.getProperty("os.arch"))
        .map(LinuxIoPriorities::new);
  }

  @Override
  public ReadResult<IoPriority> get(int pid) {
    if (!isTask(pid)) {
      return ReadResult.failed(notTask(pid));
    }
    Result result = call(numbers.get(), pid, 0);
    if (result.value() >= 0) {
      return fromKernel(pid, (int) result.value());
    }
    return result.errno() == Errno.NO_SUCH_TASK
        ? ReadResult.absent("task " + pid)
        : ReadResult.failed("task %d: ioprio_get: %s".formatted(pid, Errno.text(result.errno())));
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
    Result result = call(numbers.set(), pid, recorded.toKernel());
    return result.value() == 0
        ? Optional.empty()
        : Optional.of(
            "task %d: ioprio_set %s: %s".formatted(pid, recorded, Errno.text(result.errno())));
  }

  /** What a system call gave; errno counts only if the value is negative. */
  private record Result(long value, int errno) {}

  private Result call(long number, long pid, long priority) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(stateLayout);
      long value = (long) syscall.invokeExact(state, number, WHO_PROCESS, pid, priority, 0L, 0L);
      return new Result(value, (int) errno.get(state, 0L));
    } catch (Throwable impossible) { // invokeExact declares it; a system call throws nothing
      throw new IllegalStateException("system call " + number, impossible);
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
    return "task %d: expected a number from 1 to %d".formatted(pid, WorkerId.MAX_PID);
  }
}
