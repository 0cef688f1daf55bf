package io.blkwarden.commandline;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class TextStyleTest {
  @Test
  void resetsTheColour() {
    TextStyle style = new TextStyle(true);

    assertThat(style.good("ok")).isEqualTo("\u001B[32mok\u001B[0m");
    assertThat(style.warning("warn")).isEqualTo("\u001B[33mwarn\u001B[0m");
    assertThat(style.bad("fail")).isEqualTo("\u001B[31mfail\u001B[0m");
    assertThat(style.dim("12:00")).isEqualTo("\u001B[2m12:00\u001B[0m");
    assertThat(style.head("HOST")).isEqualTo("\u001B[7mHOST\u001B[0m");
  }

  @Test
  void noColoursLeaveTextUnchanged() {
    TextStyle style = new TextStyle(false);

    assertThat(style.good("ok") + style.warning("ok") + style.bad("ok") + style.dim("ok"))
        .isEqualTo("okokokok");
  }
}
