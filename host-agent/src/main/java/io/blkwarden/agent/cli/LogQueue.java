package io.blkwarden.agent.cli;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Between the service and its log: a journal that writes to the flooded disk may not read for a
 * minute, and a lease must end all the same. At most {@link #LINES} lines wait, and as many that
 * the writer took; at the bound new ones are left out, and the next that finds room says how many.
 */
final class LogQueue extends AsyncAppender {
  /** Most lines that wait for the writer. */
  static final int LINES = 1_000;

  private final Logger own;
  private final AtomicLong leftOut = new AtomicLong();

  /**
   * A queue that has not begun.
   *
   * @param own in whose name it says what was left out
   */
  LogQueue(Logger own) {
    this.own = own;
    setName("log");
    setQueueSize(LINES);
    setDiscardingThreshold(0); // a line counts whatever its level
    setNeverBlock(true);
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
