package io.blkwarden.commandline.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

final class LogFormatTest {
  private static final Map<String, String> JSON = Map.of("BLKWARDEN_LOG_FORMAT", "json");

  private static String of(Map<String, String> environment, String... words) {
    return LogFormat.of(words, environment);
  }

  @Test
  void commandLineTakesPrecedenceOverTheEnvironment() {
    assertThat(of(Map.of(), "run")).isEqualTo("text");
    assertThat(of(JSON, "run")).isEqualTo("json");
    assertThat(of(Map.of(), "run", "--log-format=JSON")).isEqualTo("json");
    assertThat(of(JSON, "run", "--log-format", "text")).isEqualTo("text");
  }

  @Test
  void unknownFormatIsText() {
    assertThat(of(Map.of("BLKWARDEN_LOG_FORMAT", "../x"), "run")).isEqualTo("text");
    assertThat(of(JSON, "--log-format=xml")).isEqualTo("text");
    assertThat(of(Map.of(), "--log-format")).isEqualTo("text");
  }
}
