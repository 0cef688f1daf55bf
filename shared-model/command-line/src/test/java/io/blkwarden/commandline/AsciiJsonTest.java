package io.blkwarden.commandline;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class AsciiJsonTest {
  private static final String FORGED = "vm\u001B[31m\n\u202Eé";

  @Test
  void jsonErrorIsOneEscapedLine() {
    String json = AsciiJson.error(new CommandError("no domain " + FORGED, "look"), 1);

    assertThat(json)
        .startsWith("{\"schema\":\"blkwarden.error.v1\"")
        .endsWith("\"hint\":\"look\",\"exit_code\":1}")
        .matches("[ -~]+");
    assertThat(AsciiJson.MAPPER.readTree(json).get("error").asString())
        .isEqualTo("no domain " + FORGED);
    assertThat(AsciiJson.error(new CommandError("x"), 3)).contains("\"hint\":null");
  }

  @Test
  void textErrorIsEscaped() {
    assertThat(new CommandError("no domain vm\u001B[31m", "look").text())
        .isEqualTo("no domain vm\\u001B[31m: look");
    assertThat(new CommandError("first\nsecond", "look").text().lines())
        .containsExactly("first", "second: look");
    assertThat(AsciiJson.note("a\u202Eb"))
        .isEqualTo("{\"schema\":\"blkwarden.note.v1\",\"note\":\"a\\u202Eb\"}");
  }
}
