package io.blkwarden.commandline.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SupervisorTest {
  /** A datagram socket in Python, which supports paths and abstract names. */
  private static final class Listener implements AutoCloseable {
    private static final String PROGRAM =
        """
        import socket, sys
        name = sys.argv[1]
        heard = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        heard.bind("\\0" + name[1:] if name[0] == "@" else name)
        print("bound", flush=True)
        while True:
            print(repr(heard.recv(4096).decode()), flush=True)
        """;

    private final Process process;
    private final BufferedReader output;

    Listener(String name) throws IOException {
      process =
          new ProcessBuilder("python3", "-c", PROGRAM, name).redirectErrorStream(true).start();
      output = process.inputReader(StandardCharsets.UTF_8);
      assertThat(output.readLine()).isEqualTo("bound");
    }

    String next() throws IOException {
      return output.readLine();
    }

    @Override
    public void close() {
      process.destroyForcibly();
    }
  }

  private static Supervisor supervisor(String socket) {
    return Supervisor.of(Map.of("NOTIFY_SOCKET", socket), 42);
  }

  @Test
  void notifiesAPathSocket(@TempDir Path dir) throws IOException {
    String name = dir.resolve("notify").toString();
    try (Listener listener = new Listener(name)) {
      Supervisor supervisor = supervisor(name);
      assertThat(supervisor.working("4 disks, 4 proven")).isEmpty();
      assertThat(listener.next()).isEqualTo("'READY=1\\nWATCHDOG=1\\nSTATUS=4 disks, 4 proven'");
      assertThat(supervisor.status("no map yet")).isEmpty();
      assertThat(listener.next()).isEqualTo("'STATUS=no map yet'");
      assertThat(supervisor.stopping()).isEmpty();
      assertThat(listener.next()).isEqualTo("'STOPPING=1\\nSTATUS=stopping'");
    }
  }

  @Test
  void notifiesAnAbstractSocket() throws IOException {
    String name = "@blkwarden-test-" + UUID.randomUUID();
    try (Listener listener = new Listener(name)) {
      assertThat(supervisor(name).status("here")).isEmpty();
      assertThat(listener.next()).isEqualTo("'STATUS=here'");
    }
  }

  /** A status with a guest name must stay on one line. */
  @Test
  void statusIsOneLine(@TempDir Path dir) throws IOException {
    String name = dir.resolve("notify").toString();
    try (Listener listener = new Listener(name)) {
      assertThat(supervisor(name).status("bad\nMAINPID=1\r\n" + "x".repeat(300))).isEmpty();
      assertThat(listener.next()).isEqualTo("'STATUS=bad MAINPID=1 " + "x".repeat(186) + "'");
    }
  }

  @Test
  void reportsSendErrors(@TempDir Path dir) {
    assertThat(supervisor(dir.resolve("nobody").toString()).status("here"))
        .hasValue("sendto: errno 2");
  }

  @Test
  void doesNothingWithoutASocket() {
    Supervisor none = Supervisor.of(Map.of(), 42);
    assertThat(none.listens()).isFalse();
    assertThat(none.working("alone")).isEmpty();
    assertThat(none.watchdog()).isEmpty();
  }

  @Test
  void ignoresInvalidSocketNames() {
    assertThat(supervisor("relative").listens()).isFalse();
    assertThat(supervisor("vsock:2:1234").listens()).isFalse();
    assertThat(supervisor("@").listens()).isFalse();
    assertThat(supervisor("/" + "x".repeat(107)).listens()).isFalse();
    assertThat(supervisor("/" + "x".repeat(106)).listens()).isTrue();
  }

  @Test
  void ignoresTheWatchdogOfAnotherProcess() {
    assertThat(watchdog(Map.of("WATCHDOG_USEC", "60000000"))).isEqualTo(Duration.ofMinutes(1));
    assertThat(watchdog(Map.of("WATCHDOG_USEC", "1500000", "WATCHDOG_PID", "42")))
        .isEqualTo(Duration.ofMillis(1_500));
    assertThat(watchdog(Map.of("WATCHDOG_USEC", "1500000", "WATCHDOG_PID", "43")))
        .isEqualTo(Duration.ZERO);
    assertThat(watchdog(Map.of("WATCHDOG_USEC", "soon"))).isEqualTo(Duration.ZERO);
  }

  private static Duration watchdog(Map<String, String> environment) {
    return Supervisor.of(environment, 42).watchdog().orElse(Duration.ZERO);
  }
}
