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
 * A bounded queue in front of the log, so that no thread blocks on stderr: a journal on an
 * overloaded disk may not read for a minute. When {@link #LINES} lines are queued, new ones are
 * dropped; the next line is preceded by their number.
 */
public final class LogQueue extends AsyncAppender {
  /** Maximum number of queued lines. */
  static final int LINES = 1_000;

  private static final String NAME = "log";

  private final Logger own;
  private final AtomicLong dropped = new AtomicLong();

  /**
   * Creates a queue.
   *
   * @param own logs the number of dropped lines
   */
  LogQueue(Logger own) {
    this.own = own;
    setName(NAME);
    setQueueSize(LINES);
    setDiscardingThreshold(0); // no preference by level
    setNeverBlock(true);
  }

  /**
   * Puts a queue in front of the appenders of the log; {@link #drain} must be called at the end.
   *
   * @param context name of the program's log context; nothing is done in another one, as in tests
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

  /** Writes queued lines for at most a second, and stops the log. */
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
      dropped.incrementAndGet();
      return;
    }
    long count = dropped.getAndSet(0);
    if (count > 0) {
      super.append(
          new LoggingEvent(
              LogQueue.class.getName(),
              own,
              Level.WARN,
              "{} log lines dropped: stderr was not read",
              null,
              new Object[] {count}));
    }
    super.append(event);
  }
}
