package io.blkwarden.controller.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.blkwarden.controller.Main;
import io.blkwarden.controller.testing.AlertTap;
import io.blkwarden.controller.testing.ScriptedHost;
import io.blkwarden.controller.testing.SwapStorm;
import io.blkwarden.model.HostId;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.Command;
import io.blkwarden.model.message.CommandAction;
import io.blkwarden.testing.NatsServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two controllers, each a process of its own, of which one is stopped, continued and killed. */
final class TakeoverTest {
  private static final Duration BOUND = Duration.ofSeconds(90);

  private final Path folder;
  private final NatsServer server = NatsServer.start();
  private final List<Process> processes = new ArrayList<>();

  TakeoverTest(@TempDir Path folder) throws IOException {
    this.folder = folder;
    Files.createDirectory(folder.resolve("policies"));
    SwapStorm.in(folder.resolve("policies"));
  }

  @AfterEach
  void stop() {
    processes.forEach(each -> each.destroyForcibly().onExit().join());
    server.close();
  }

  private Path log(String instance) {
    return folder.resolve(instance + ".log");
  }

  private Process start(String instance) throws IOException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                // as it is installed, not as tests log
                "-Dlogback.configurationFile=" + Path.of("src/main/resources/logback.xml"),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "controller",
                "--nats=" + server.url(),
                "--instance=" + instance,
                "--policies=" + folder.resolve("policies"),
                "--no-http")
            .redirectErrorStream(true)
            .redirectOutput(log(instance).toFile())
            .start();
    processes.add(process);
    return process;
  }

  private void awaitLog(String instance, String text) {
    await(instance + ": " + text)
        .atMost(BOUND)
        .until(() -> Files.readString(log(instance), UTF_8).contains(text));
  }

  private static void signal(Process process, String signal) throws Exception {
    Process kill = new ProcessBuilder("kill", signal, Long.toString(process.pid())).start();
    assertThat(kill.waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(kill.exitValue()).isZero();
  }

  private static List<Command> of(ScriptedHost host, String instance) {
    return host.agent().commands.stream()
        .filter(command -> command.issuedBy().equals(instance))
        .toList();
  }

  @Test
  void theOtherOneTakesOverThrottlesAndAlertsAndTheFirstStaysOut() throws Exception {
    Process first = start("c1");
    awaitLog("c1", "this controller commands the fleet");
    Process second = start("c2");
    awaitLog("c2", "controller c1 commands the fleet");
    AlertTap alerts = new AlertTap(server);
    ScriptedHost host = new ScriptedHost(server, new HostId("dom0-7"));
    try (alerts;
        host) {
      host.swaps(800);
      host.live();
      await("handled").atMost(BOUND).until(() -> alerts.states().contains(Alert.State.HANDLED));
      assertThat(host.agent().commands).extracting(Command::issuedBy).containsOnly("c1");

      signal(first, "-STOP");
      awaitLog("c2", "this controller commands the fleet");
      host.swaps(5);
      await("released").atMost(BOUND).until(() -> host.held() == null);
      await("resolved").atMost(BOUND).until(() -> alerts.states().contains(Alert.State.RESOLVED));
      assertThat(alerts.ids()).as("the alert keeps its id").hasSize(1);
      int commandsOfFirst = of(host, "c1").size();

      signal(first, "-CONT");
      awaitLog("c1", "controller c2 commands the fleet");
      assertThat(alerts.states()).last().isEqualTo(Alert.State.RESOLVED);
      assertThat(of(host, "c1")).as("nothing after it went on").hasSize(commandsOfFirst);

      host.swaps(800);
      await("throttled by the second").atMost(BOUND).until(() -> host.held() != null);
      await("told").atMost(BOUND).until(() -> alerts.ids().size() == 2);
      assertThat(of(host, "c1")).as("and nothing later").hasSize(commandsOfFirst);
      second.destroyForcibly();
      await("the first one acts again")
          .atMost(BOUND)
          .until(() -> of(host, "c1").size() > commandsOfFirst);
      assertThat(host.held()).as("the throttle stands").isNotNull();
      host.swaps(5);
      await("released by the first").atMost(BOUND).until(() -> host.held() == null);
      await("resolved")
          .atMost(BOUND)
          .until(() -> alerts.states().getLast() == Alert.State.RESOLVED);
      assertThat(alerts.ids()).hasSize(2);
      assertThat(of(host, "c1"))
          .last()
          .extracting(Command::action)
          .isInstanceOf(CommandAction.Reset.class);
    }
  }
}
