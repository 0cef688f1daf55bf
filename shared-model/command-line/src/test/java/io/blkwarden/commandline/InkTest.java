package io.blkwarden.commandline;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class InkTest {
  @Test
  void resetsTheColour() {
    Ink ink = new Ink(true);

    assertThat(ink.good("ok")).isEqualTo("\u001B[32mok\u001B[0m");
    assertThat(ink.warning("warn")).isEqualTo("\u001B[33mwarn\u001B[0m");
    assertThat(ink.bad("fail")).isEqualTo("\u001B[31mfail\u001B[0m");
    assertThat(ink.dim("12:00")).isEqualTo("\u001B[2m12:00\u001B[0m");
    assertThat(ink.head("HOST")).isEqualTo("\u001B[7mHOST\u001B[0m");
  }

  @Test
  void noColoursLeaveTextUnchanged() {
    Ink ink = new Ink(false);

    assertThat(ink.good("ok") + ink.warning("ok") + ink.bad("ok") + ink.dim("ok"))
        .isEqualTo("okokokok");
  }
}
