package io.blkwarden.commandline.service;

import io.blkwarden.commandline.ExitCodes;

/**
 * Ends a service's process on an {@link Error} that no one handles, such as one for want of memory.
 *
 * <p>After it nothing in the process can be relied on: a thread may be gone while the others, and
 * so the process, live on. The service manager starts another. The packaged JVM options include
 * {@code -XX:+ExitOnOutOfMemoryError}; this covers other errors and other JVM options.
 */
public final class FatalErrors {
  private FatalErrors() {}

  /** Ends the process when an error ends a task or a thread that handles errors in no other way. */
  public static void endTheProcess() {
    Thread.setDefaultUncaughtExceptionHandler(FatalErrors::handle);
  }

  private static void handle(Thread thread, Throwable fault) {
    if (fault instanceof Error) {
      end("thread " + thread.getName(), fault);
    }
    fault.printStackTrace();
  }

  /** Passes an error on to whoever handles what ends this thread, and ends nothing by itself. */
  public static void report(Error fault) {
    Thread thread = Thread.currentThread();
    thread.getUncaughtExceptionHandler().uncaughtException(thread, fault);
  }

  /** Writes the cause to standard error, as far as memory allows, and ends the process at once. */
  public static void end(String where, Throwable fault) {
    try {
      System.err.println("fatal: " + where + ": " + fault + "; the process ends");
      fault.printStackTrace();
      System.err.flush();
    } finally {
      Runtime.getRuntime().halt(ExitCodes.FAILED);
    }
  }
}
