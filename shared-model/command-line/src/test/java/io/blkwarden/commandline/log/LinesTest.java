package io.blkwarden.commandline.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.encoder.Encoder;
import io.blkwarden.testing.Property;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

final class LinesTest {
  private static final String HOSTILE =
      "GET /\u001b[2J\u009b31m\r\n2026-01-01T00:00:00.000Z INFO  Forged - x\u202e\u2028\u0007\0end";

  private final LoggerContext context = new LoggerContext();

  LinesTest() {
    context.setMDCAdapter(new LogbackMDCAdapter());
  }

  private byte[] bytes(Encoder<ILoggingEvent> encoder, String text, @Nullable Throwable cause) {
    LoggingEvent event =
        new LoggingEvent(
            "x", context.getLogger("a.b.Server"), Level.WARN, "failed: {}", cause, null);
    event.setArgumentArray(new Object[] {text});
    event.setInstant(Instant.parse("2026-11-30T12:00:00.125Z"));
    encoder.setContext(context);
    encoder.start();
    return encoder.encode(event);
  }

  @Test
  void textIsOneEscapedLine() {
    assertThat(new String(bytes(new TextLines(), HOSTILE, null), UTF_8))
        .isEqualTo(
            "2026-11-30T12:00:00.125Z WARN  Server - failed: GET /\\u001B[2J\\u009B31m | "
                + "2026-01-01T00:00:00.000Z INFO  Forged - x\\u202E\\u2028\\u0007\\u0000end\n");
  }

  @Test
  void exceptionMessagesAreEscaped() {
    Throwable cause = new IllegalStateException(HOSTILE, new IllegalArgumentException(HOSTILE));

    List<String> lines = new String(bytes(new TextLines(), "x", cause), UTF_8).lines().toList();

    assertThat(lines).hasSize(5).noneMatch(line -> line.startsWith("2026-01-01"));
    assertThat(lines.get(1)).startsWith("java.lang.IllegalStateException: GET /\\u001B[2J");
    assertThat(lines.get(2)).startsWith("\tat io.blkwarden.commandline.log.LinesTest");
    assertThat(lines.get(3)).startsWith("Caused by: java.lang.IllegalArgumentException: GET");
  }

  @Test
  void allControlCharactersAreEscaped() {
    Property.check(
        500,
        given -> {
          String text = given.text();
          Throwable cause = new IllegalStateException(text);
          for (Encoder<ILoggingEvent> encoder : List.of(new TextLines(), new JsonLines())) {
            String lines = new String(bytes(encoder, text, cause), UTF_8);
            assertThat(lines.replace("\n", "").replace("\tat ", "").codePoints().boxed())
                .noneMatch(Character::isISOControl)
                .noneMatch(c -> Character.getType(c) == Character.FORMAT);
          }
        });
  }

  @Test
  void jsonIsOneObjectPerLine() {
    String line = new String(bytes(new JsonLines(), HOSTILE, null), UTF_8);

    assertThat(line.lines()).hasSize(1);
    assertThat(line).contains("\\u009B31m", "\\u202E").doesNotContain("\u009b", "\u202e");
    assertThat(JsonMapper.shared().readTree(line).path("formattedMessage").asString())
        .isEqualTo("failed: " + HOSTILE);
  }
}
