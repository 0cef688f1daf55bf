package io.blkwarden.commandline.top;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.blkwarden.commandline.Cells;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The list on a pseudo-terminal: keys, size, and restoring the terminal. */
final class ScreenTest {
  private static final Duration BOUND = Duration.ofSeconds(60);
  private static final Map<String, String> XTERM = Map.of("TERM", "xterm-256color");
  private static final String TAKEN = "\u001B[?1049h";
  private static final String GIVEN_BACK = "\u001B[0m\u001B[?7h\u001B[?25h\u001B[?1049l";

  private static PseudoTerminal run(Map<String, String> environment, String... arguments)
      throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xshare:auto",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                ScreenProgram.class.getName()));
    command.addAll(List.of(arguments));
    return PseudoTerminal.run(environment, command);
  }

  private static void shows(PseudoTerminal terminal, Predicate<List<String>> what) {
    await()
        .atMost(BOUND)
        .untilAsserted(
            () -> assertThat(what.test(terminal.screen())).as(terminal.shown()).isTrue());
  }

  private static Predicate<List<String>> headed(String words) {
    return screen -> !screen.isEmpty() && screen.getFirst().contains(words);
  }

  private static void ends(PseudoTerminal terminal, int code) {
    await()
        .atMost(BOUND)
        .untilAsserted(() -> assertThat(terminal.ended()).as(terminal.shown()).contains(code));
  }

  private static void isAsItWas(PseudoTerminal terminal) {
    String shown = terminal.shown();
    assertThat(terminal.modes()).hasSize(2);
    assertThat(terminal.modes().getLast()).isEqualTo(terminal.modes().getFirst());
    assertThat(shown).containsOnlyOnce(TAKEN).containsOnlyOnce(GIVEN_BACK);
    assertThat(shown.lastIndexOf(PseudoTerminal.FIRST_ROW)).isLessThan(shown.indexOf(GIVEN_BACK));
  }

  @Test
  void keysSortSearchScrollAndQuit(@TempDir Path folder) throws Exception {
    Path started = folder.resolve("started");
    for (String program : List.of("infocmp", "stty", "tty")) {
      Path file = Files.writeString(folder.resolve(program), "#!/bin/sh\n>" + started + "\n");
      assertThat(file.toFile().setExecutable(true)).isTrue();
    }
    String path = folder + ":" + System.getenv("PATH");
    try (PseudoTerminal terminal = run(Map.of("TERM", "xterm-256color", "PATH", path))) {
      shows(terminal, screen -> screen.size() == 24 && screen.get(2).startsWith(">*dom0-7"));
      assertThat(terminal.shown()).as("no terminal queries").doesNotContain("$p");
      terminal.keys("a");
      shows(terminal, screen -> screen.size() == 24 && screen.get(2).startsWith("> dom0-7   vm41"));
      terminal.keys("\u001A\u001C"); // Control-Z and Control-\ are disabled
      terminal.keys("n");
      shows(terminal, screen -> screen.size() == 24 && screen.get(2).startsWith("> dom0-12  数据库"));
      terminal.keys("/27444\r");
      shows(terminal, headed("1 to 1 of 1, by host, with '27444'"));
      terminal.keys("\u001B");
      shows(terminal, headed("1 to 3 of 3, by host"));
      terminal.keys("\rty");
      shows(terminal, screen -> screen.size() == 24 && screen.getLast().equals("done: true 数据库"));
      terminal.keys("\r \u001B[B");
      shows(terminal, headed("PAUSED"));
      terminal.keys("q");
      ends(terminal, 0);
      isAsItWas(terminal);
      assertThat(started).as("no program is started").doesNotExist();
    }
  }

  @Test
  void followsTheTerminalSize() throws Exception {
    try (PseudoTerminal terminal = run(XTERM)) {
      shows(terminal, screen -> screen.size() == 24);
      terminal.size(5, 40);
      shows(terminal, screen -> screen.size() == 5 && screen.get(0).endsWith("…"));
      assertThat(terminal.screen())
          .allSatisfy(line -> assertThat(Cells.width(line)).isLessThanOrEqualTo(40));
      terminal.size(50, 200);
      shows(terminal, screen -> screen.size() == 50 && screen.get(1).contains("THROTTLE"));
      terminal.signal(15);
      ends(terminal, 143);
      isAsItWas(terminal);
    }
  }

  @Test
  void controlCRestoresTheTerminal() throws Exception {
    try (PseudoTerminal terminal = run(XTERM)) {
      shows(terminal, headed("by score"));
      terminal.keys("\u0003");
      ends(terminal, 130);
      isAsItWas(terminal);
    }
  }

  @Test
  void restoresTheTerminalBeforeReportingAnError() throws Exception {
    try (PseudoTerminal terminal = run(Map.of("TERM", "xterm", "NO_COLOR", "1"), "fail")) {
      ends(terminal, 1);
      isAsItWas(terminal);
      assertThat(terminal.shown().indexOf("simulated failure"))
          .isGreaterThan(terminal.shown().indexOf(GIVEN_BACK));
      assertThat(terminal.shown()).as("NO_COLOR").doesNotContain("\u001B[33m", "\u001B[7m");
    }
  }

  @Test
  void dumbTerminalGetsPlainText() throws Exception {
    try (PseudoTerminal terminal = run(Map.of("TERM", "dumb"))) {
      await()
          .atMost(BOUND)
          .untilAsserted(() -> assertThat(terminal.shown()).contains("*dom0-7   vm176"));
      terminal.signal(15);
      ends(terminal, 143);
      assertThat(terminal.shown()).doesNotContain("\u001B");
      assertThat(terminal.modes().getLast()).isEqualTo(terminal.modes().getFirst());
    }
  }
}
