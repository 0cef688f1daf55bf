package io.blkwarden.commandline.service;

import io.blkwarden.commandline.ExitCodes;
import io.blkwarden.commandline.log.LogQueue;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends a service's process on an {@link Error} that no one handles, such as one for want of memory.
 *
 * <p>After it nothing in the process can be relied on: a thread may be gone while the others, and
 * so the process, live on. The service manager starts another. The packaged JVM options include
 * {@code -XX:+ExitOnOutOfMemoryError}; this covers other errors and other JVM options.
 */
public final class FatalErrors {
  private static final Logger LOG = LoggerFactory.getLogger(FatalErrors.class);

  /** How long standard error, which may not be read, may hold up the end. */
  private static final Duration WRITE = Duration.ofSeconds(3);

  private FatalErrors() {}

  /** Ends the process when an error ends a task or a thread that handles errors in no other way. */
  public static void endTheProcess() {
    Thread.setDefaultUncaughtExceptionHandler(FatalErrors::handle);
  }

  private static void handle(Thread thread, Throwable fault) {
    if (fault instanceof Error) {
      end("thread " + thread.getName(), fault);
    }
    LOG.error("thread {} failed", thread.getName(), fault);
  }

  /** Passes an error on to whoever handles what ends this thread, and ends nothing by itself. */
  public static void report(Error fault) {
    Thread thread = Thread.currentThread();
    thread.getUncaughtExceptionHandler().uncaughtException(thread, fault);
  }

  /**
   * Writes the cause to standard error, and what waits for the log, as far as memory allows, and
   * ends the process: after {@link #WRITE} at most, whether or not anything reads standard error.
   */
  public static void end(String where, Throwable fault) {
    try {
      limitTheEnd();
      System.err.println("fatal: " + where + ": " + fault + "; the process ends");
      fault.printStackTrace();
      LogQueue.drain();
      System.err.flush();
    } finally {
      Runtime.getRuntime().halt(ExitCodes.FAILED);
    }
  }

  /** Ends the process in any case where nothing reads what {@link #end} writes. */
  private static void limitTheEnd() {
    try {
      Thread.ofPlatform()
          .daemon()
          .name("halt")
          .start(() -> {
            try {
              Thread.sleep(WRITE);
            } catch (InterruptedException _) {
              // the end is due all the same
            }
            Runtime.getRuntime().halt(ExitCodes.FAILED);
          });
    } catch (OutOfMemoryError _) {
      // No further thread can be made: the cause matters more than the limit.
    }
  }
}
