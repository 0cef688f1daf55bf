package io.blkwarden.packages.man;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** groff prints the text unchanged. */
final class RoffTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        ".so /etc/passwd",
        "'br is no request",
        "a \\fBbackslash\\fR, \\n(.x and \\*(lq",
        "--option=\"quoted\" 'so' `and` ~so^on",
        "naïve … ≥ 100 %",
        "a . b ' c"
      })
  void textIsNeverARequest(String text) throws Exception {
    String page =
        new Roff().macro("TH", "X", "1").macro("TP").macro("B", text).text(text).toString();

    Process groff = new ProcessBuilder("groff", "-man", "-Kutf8", "-Tutf8", "-P-cbou").start();
    groff.getOutputStream().write(page.getBytes(UTF_8));
    groff.getOutputStream().close();
    String shown = new String(groff.getInputStream().readAllBytes(), UTF_8);

    assertThat(shown.lines().map(String::strip).filter(text::equals)).hasSize(2);
  }
}
