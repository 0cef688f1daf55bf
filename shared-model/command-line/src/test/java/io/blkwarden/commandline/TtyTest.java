package io.blkwarden.commandline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

final class TtyTest {
  private static final Tty FULL = new Tty(true, true, false, false);

  @Test
  void coloursNeedATerminalWithoutNoColor() {
    assertThat(FULL.style().on()).isTrue();
    assertThat(new Tty(false, true, false, false).style().on())
        .as("input need not be a terminal")
        .isTrue();
    assertThat(new Tty(true, false, false, false).style().on()).as("a pipe").isFalse();
    assertThat(new Tty(true, true, true, false).style().on()).as("TERM=dumb").isFalse();
    assertThat(new Tty(true, true, false, true).style().on()).as("NO_COLOR").isFalse();
  }

  @Test
  void fullScreenNeedsInputAndCursor() {
    assertThat(FULL.fullScreen()).isTrue();
    assertThat(new Tty(true, true, false, true).fullScreen()).as("without colours").isTrue();
    assertThat(new Tty(false, true, false, false).fullScreen()).isFalse();
    assertThat(new Tty(true, false, false, false).fullScreen()).isFalse();
    assertThat(new Tty(true, true, true, false).fullScreen()).isFalse();
  }

  @Test
  void readsTheEnvironment() {
    assertThat(Tty.ofProcess(Map.of()).dumb()).as("TERM unset").isTrue();
    assertThat(Tty.ofProcess(Map.of("TERM", "dumb")).dumb()).isTrue();
    assertThat(Tty.ofProcess(Map.of("TERM", "xterm")).dumb()).isFalse();
    assertThat(Tty.ofProcess(Map.of("NO_COLOR", "1")).plain()).isTrue();
    assertThat(Tty.ofProcess(Map.of("NO_COLOR", "")).plain()).isFalse();
  }
}
