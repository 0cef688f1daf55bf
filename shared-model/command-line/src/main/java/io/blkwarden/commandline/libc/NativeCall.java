package io.blkwarden.commandline.libc;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/**
 * A C library function that returns an int, or -1 and errno.
 *
 * <p>All functions share one signature: each new one costs tens of milliseconds at startup. A
 * function reads only the registers of its own arguments, and the low half of one for an int.
 */
public final class NativeCall {
  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
  private static final FunctionDescriptor SIGNATURE =
      FunctionDescriptor.of(LONG, LONG, LONG, LONG, LONG, LONG, LONG);

  private static final int ARGUMENTS = 6;

  private final MethodHandle function;

  /**
   * Links a function.
   *
   * @throws RuntimeException if it does not exist, or native access is not enabled
   */
  // The launcher enables native access by --enable-native-access or the manifest.
  @SuppressWarnings("restricted")
  public NativeCall(String name) {
    Linker linker = Linker.nativeLinker();
    function =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow(name),
            SIGNATURE,
            Linker.Option.captureCallState("errno"));
  }

  /** The layout of the {@code errno} segment of a call; threads must not share a segment. */
  public static MemoryLayout errnoLayout() {
    return STATE;
  }

  /** Calls the function with up to 6 arguments; returns its result, or the negated errno. */
  public int call(MemorySegment errno, long... args) {
    long[] a = Arrays.copyOf(args, ARGUMENTS);
    try {
      int result = (int) (long) function.invokeExact(errno, a[0], a[1], a[2], a[3], a[4], a[5]);
      return result < 0 ? -(int) ERRNO.get(errno, 0L) : result;
    } catch (Throwable thrown) { // invokeExact declares it; native code throws nothing
      throw new IllegalStateException("native call", thrown);
    }
  }
}
