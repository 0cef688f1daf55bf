package io.blkwarden.controller.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.status.Status;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The configured log with untrusted text. */
final class LogEscapesTest {
  private static final String HOSTILE =
      "GET /\u001b[2J HTTP/1.1\r\n2026-01-01T00:00:00.000Z INFO  Engine - forged\u009b\u202e";

  private static String logged(String format, String logger) throws Exception {
    LoggerContext context = new LoggerContext();
    context.setMDCAdapter(new LogbackMDCAdapter());
    context.putProperty("blkwarden.log.format", format);
    JoranConfigurator configurator = new JoranConfigurator();
    configurator.setContext(context);
    configurator.doConfigure(
        Objects.requireNonNull(LogEscapesTest.class.getResource("/logback.xml")));
    assertThat(context.getStatusManager().getCopyOfStatusList())
        .noneMatch(status -> status.getLevel() == Status.ERROR);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    context
        .getLogger("ROOT")
        .iteratorForAppenders()
        .forEachRemaining(
            each -> ((OutputStreamAppender<ILoggingEvent>) each).setOutputStream(out));
    context
        .getLogger(logger)
        .error("Decoding failed: {}", HOSTILE, new IllegalArgumentException(HOSTILE));
    context.stop();
    return out.toString(UTF_8);
  }

  @Test
  void textLinesCannotBeForged() throws Exception {
    for (String logger :
        List.of("reactor.netty.http.server.HttpServerOperations", "io.blkwarden.controller.X")) {
      List<String> lines = logged("text", logger).lines().toList();

      assertThat(lines.getFirst()).contains("GET /\\u001B[2J HTTP/1.1 | 2026-01-01");
      assertThat(lines).noneMatch(line -> line.startsWith("2026-01-01"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"text", "json"})
  void noControlCharacterReachesTheTerminal(String format) throws Exception {
    assertThat(logged(format, "io.netty.handler.X"))
        .isNotEmpty()
        .doesNotContain("\u001b", "\u009b", "\u202e", "\r");
  }
}
