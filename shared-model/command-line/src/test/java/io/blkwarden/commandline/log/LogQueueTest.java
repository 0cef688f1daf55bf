package io.blkwarden.commandline.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

final class LogQueueTest {
  private static final String REPORT = " log lines dropped: stderr was not read";

  private final CountDownLatch read = new CountDownLatch(1);
  private final List<String> written = new CopyOnWriteArrayList<>();
  private final LoggerContext context = new LoggerContext();

  private final AppenderBase<ILoggingEvent> stuck =
      new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
          try {
            read.await();
          } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
          }
          written.add(event.getFormattedMessage());
        }
      };

  @Test
  void reportsDroppedLines() {
    context.setMDCAdapter(new LogbackMDCAdapter());
    Logger logger = context.getLogger("agent");
    LogQueue queue = new LogQueue(logger);
    queue.setContext(context);
    stuck.setContext(context);
    stuck.start();
    queue.addAppender(stuck);
    queue.start();
    logger.addAppender(queue);

    int lines = 4 * LogQueue.LINES; // the writer also buffers up to as many
    for (int n = 0; n < lines; n++) {
      logger.info("line {}", n);
    }
    read.countDown();
    Awaitility.await().until(() -> queue.getNumberOfElementsInQueue() == 0);
    logger.info("after");
    context.stop();

    assertThat(written.getFirst()).isEqualTo("line 0");
    assertThat(written.getLast()).isEqualTo("after");
    List<String> reports = written.stream().filter(line -> line.endsWith(REPORT)).toList();
    assertThat(reports).isNotEmpty().contains(written.get(written.size() - 2));
    int missing =
        reports.stream()
            .mapToInt(report -> Integer.parseInt(report.substring(0, report.indexOf(' '))))
            .sum();
    assertThat(written).hasSize(lines - missing + reports.size() + 1);
    assertThat(missing).isBetween(2 * LogQueue.LINES - 2, 3 * LogQueue.LINES + 2);
  }
}
