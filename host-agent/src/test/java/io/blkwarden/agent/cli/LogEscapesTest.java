package io.blkwarden.agent.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import java.io.ByteArrayOutputStream;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The log with untrusted text. */
final class LogEscapesTest {
  @Test
  void logEscapesControlCharacters() {
    AgentLog log = new AgentLog();
    log.initialize();
    LoggerContext context = (LoggerContext) log.getLoggerFactory();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    context
        .getLogger("ROOT")
        .iteratorForAppenders()
        .forEachRemaining(
            each -> ((OutputStreamAppender<ILoggingEvent>) each).setOutputStream(out));
    String hostile = "vm\u001b[2J\u009b\r\n2026-01-01T00:00:00.000Z INFO  Agent - forged\u202e";

    context.getLogger("x.Scan").warn("domain {}", hostile, new IllegalStateException(hostile));
    context.stop();

    String text = out.toString(UTF_8);
    List<String> lines = text.lines().toList();
    assertThat(text).doesNotContain("\u001b", "\u009b", "\u202e", "\r");
    assertThat(lines.getFirst()).contains("Scan - domain vm\\u001B[2J\\u009B | 2026-01-01");
    assertThat(lines).noneMatch(line -> line.startsWith("2026-01-01"));
  }
}
