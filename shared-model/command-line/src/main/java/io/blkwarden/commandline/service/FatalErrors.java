package io.blkwarden.commandline.service;

import io.blkwarden.commandline.ExitCodes;
import io.blkwarden.commandline.log.LogQueue;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Exits the process on an unhandled {@link Error}, such as out of memory, so that the service
 * manager restarts it: after an error, threads may be gone. The packages also set {@code
 * -XX:+ExitOnOutOfMemoryError}; this covers other errors and other JVM options.
 */
public final class FatalErrors {
  private static final Logger LOG = LoggerFactory.getLogger(FatalErrors.class);

  /** How long writing to stderr may delay the exit. */
  private static final Duration WRITE_TIMEOUT = Duration.ofSeconds(3);

  private FatalErrors() {}

  /** Exits the process when an unhandled error ends a thread. */
  public static void endTheProcess() {
    Thread.setDefaultUncaughtExceptionHandler(FatalErrors::handle);
  }

  private static void handle(Thread thread, Throwable fault) {
    if (fault instanceof Error) {
      end("thread " + thread.getName(), fault);
    }
    LOG.error("thread {} failed", thread.getName(), fault);
  }

  /** Passes an error to this thread's handler of uncaught exceptions. */
  public static void report(Error fault) {
    Thread thread = Thread.currentThread();
    thread.getUncaughtExceptionHandler().uncaughtException(thread, fault);
  }

  /**
   * Writes the cause and queued log lines to stderr, if memory allows, and exits within {@link
   * #WRITE_TIMEOUT}, even if stderr is not read.
   */
  public static void end(String where, Throwable fault) {
    try {
      limitDelay();
      System.err.println("fatal: " + where + ": " + fault + "; exiting");
      fault.printStackTrace();
      LogQueue.drain();
      System.err.flush();
    } finally {
      Runtime.getRuntime().halt(ExitCodes.FAILED);
    }
  }

  /** Exits after the timeout if {@link #end} blocks. */
  private static void limitDelay() {
    Thread ending = Thread.currentThread();
    try {
      Thread.ofPlatform()
          .daemon()
          .name("halt")
          .start(() -> {
            try {
              boolean _ = ending.join(WRITE_TIMEOUT);
            } catch (InterruptedException _) {
              // exits anyway
            }
            Runtime.getRuntime().halt(ExitCodes.FAILED);
          });
    } catch (OutOfMemoryError _) {
      // no memory for a thread: writing the cause matters more
    }
  }
}
