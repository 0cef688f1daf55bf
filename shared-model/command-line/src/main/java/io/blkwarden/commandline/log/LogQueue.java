package io.blkwarden.commandline.log;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * The bounded queue between a service and its log, so that no thread waits for the log to be read.
 *
 * <p>A journal that writes to a flooded disk may not read for a minute, and leases must end and
 * samples must be evaluated all the same. At most {@link #LINES} lines wait, and as many that the
 * writer took; at the bound new ones are left out, and the next that finds room says how many.
 */
public final class LogQueue extends AsyncAppender {
  /** Most lines that wait for the writer. */
  static final int LINES = 1_000;

  private static final String NAME = "log";

  private final Logger own;
  private final AtomicLong leftOut = new AtomicLong();

  /**
   * A queue that has not begun.
   *
   * @param own in whose name it says what was left out
   */
  LogQueue(Logger own) {
    this.own = own;
    setName(NAME);
    setQueueSize(LINES);
    setDiscardingThreshold(0); // a line counts whatever its level
    setNeverBlock(true);
  }

  /**
   * Puts a queue before the appenders of the process's log, which {@link #drain} must end.
   *
   * @param context name of the log that the program set up; nothing is done where the process logs
   *     to another one, as tests do
   */
  public static void install(String context) {
    LoggerContext log = log();
    if (log == null || !log.getName().equals(context) || installed(log)) {
      return;
    }
    LogQueue queue = new LogQueue(log.getLogger(LogQueue.class));
    queue.setContext(log);
    Logger root = root(log);
    root.iteratorForAppenders().forEachRemaining(queue::addAppender);
    queue.start();
    root.addAppender(queue);
    queue.iteratorForAppenders().forEachRemaining(root::detachAppender);
  }

  /** Writes the lines that wait, for a second at most, and ends the log; needs {@link #install}. */
  public static void drain() {
    LoggerContext log = log();
    if (log != null && installed(log)) {
      log.stop();
    }
  }

  private static @Nullable LoggerContext log() {
    return LoggerFactory.getILoggerFactory() instanceof LoggerContext found ? found : null;
  }

  private static boolean installed(LoggerContext log) {
    return root(log).getAppender(NAME) instanceof LogQueue;
  }

  private static Logger root(LoggerContext log) {
    return log.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  }

  @Override
  protected void append(ILoggingEvent event) {
    if (getRemainingCapacity() < 2) {
      leftOut.incrementAndGet();
      return;
    }
    long lost = leftOut.getAndSet(0);
    if (lost > 0) {
      super.append(
          new LoggingEvent(
              LogQueue.class.getName(),
              own,
              Level.WARN,
              "{} lines before this one were left out: nobody read the log",
              null,
              new Object[] {lost}));
    }
    super.append(event);
  }
}
