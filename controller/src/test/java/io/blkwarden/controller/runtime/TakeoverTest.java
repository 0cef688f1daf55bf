package io.blkwarden.controller.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.blkwarden.controller.Main;
import io.blkwarden.controller.nats.Assets;
import io.blkwarden.controller.nats.Bucket;
import io.blkwarden.controller.nats.JetStreamAssets;
import io.blkwarden.controller.nats.KvEvent;
import io.blkwarden.controller.testing.AlertTap;
import io.blkwarden.controller.testing.ScriptedHost;
import io.blkwarden.controller.testing.SwapStorm;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.Command;
import io.blkwarden.model.message.CommandAction;
import io.blkwarden.testing.NatsServer;
import io.blkwarden.testing.TcpProxy;
import io.nats.client.Connection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Controllers, each a process of its own, that are stopped, continued, killed and cut off from
 * NATS.
 */
final class TakeoverTest {
  private static final Duration BOUND = Duration.ofSeconds(90);
  private static final String LEADS = "this controller commands the fleet";

  private final Path folder;
  private final NatsServer server = NatsServer.start();
  private final Connection link;
  private final List<Process> processes = new ArrayList<>();

  TakeoverTest(@TempDir Path folder) throws IOException, InterruptedException {
    this.folder = folder;
    link = server.connect();
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
    return start(instance, server.url());
  }

  private Process start(String instance, String nats) throws IOException {
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
                "--nats=" + nats,
                "--instance=" + instance,
                "--policies=" + folder.resolve("policies"),
                "--no-http")
            .redirectErrorStream(true)
            .redirectOutput(log(instance).toFile())
            .start();
    processes.add(process);
    return process;
  }

  private boolean logged(String instance, String text) throws IOException {
    return Files.readString(log(instance), UTF_8).contains(text);
  }

  private void awaitLog(String instance, String text) {
    await(instance + ": " + text).atMost(BOUND).until(() -> logged(instance, text));
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
    awaitLog("c1", LEADS);
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
      awaitLog("c2", LEADS);
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

  private List<String> leaders(List<String> instances) throws IOException {
    List<String> leaders = new ArrayList<>();
    for (String each : instances) {
      if (logged(each, LEADS)) {
        leaders.add(each);
      }
    }
    return leaders;
  }

  private KvEvent.Entry claim() throws IOException {
    Bucket bucket = Assets.bucket(link, JetStreamAssets.CLAIM);
    return Objects.requireNonNull(bucket.get("controller"), "nobody leads");
  }

  @Test
  void ofThreeThatStartAtOnceOneLeadsAndOneThatComesAndGoesChangesNothing() throws Exception {
    List<String> all = List.of("c1", "c2", "c3");
    for (String each : all) {
      start(each);
    }
    await("one leads").atMost(BOUND).ignoreExceptions().until(() -> !leaders(all).isEmpty());
    String leader = leaders(all).getFirst();
    for (String each : all) {
      if (!each.equals(leader)) {
        awaitLog(each, "controller " + leader + " commands the fleet");
      }
    }

    Process fourth = start("c4");
    awaitLog("c4", "controller " + leader + " commands the fleet");
    fourth.destroy();
    assertThat(fourth.waitFor(30, TimeUnit.SECONDS)).isTrue();

    KvEvent.Entry then = claim();
    await("it is renewed twice since")
        .atMost(BOUND)
        .until(() -> claim().revision() >= then.revision() + 2);
    assertThat(claim().value()).as("the same claim").isEqualTo(then.value());
    assertThat(claim().value()).asString(UTF_8).contains(" " + leader + " ");
    assertThat(leaders(List.of("c1", "c2", "c3", "c4"))).containsExactly(leader);
    assertThat(logged(leader, "this one watches")).isFalse();
  }

  @Test
  void oneThatIsCutOffFromNatsIsReplacedAndChangesNothingWhenItIsBack() throws Exception {
    TcpProxy network = new TcpProxy(server);
    start("c1", network.url());
    awaitLog("c1", LEADS);
    start("c2");
    awaitLog("c2", "controller c1 commands the fleet");
    AlertTap alerts = new AlertTap(server);
    ScriptedHost host = new ScriptedHost(server, new HostId("dom0-7"));
    try (network;
        alerts;
        host) {
      host.swaps(800);
      host.live();
      await("handled").atMost(BOUND).until(() -> alerts.states().contains(Alert.State.HANDLED));
      assertThat(host.agent().commands).extracting(Command::issuedBy).containsOnly("c1");

      network.cut();
      await("c2 takes over").atMost(Duration.ofSeconds(15)).until(() -> logged("c2", LEADS));
      host.swaps(5);
      await("released").atMost(BOUND).until(() -> host.held() == null);
      await("resolved").atMost(BOUND).until(() -> alerts.states().contains(Alert.State.RESOLVED));
      assertThat(alerts.ids()).as("the alert keeps its id").hasSize(1);
      MessageId first = alerts.alerts().getLast().id();
      int messages = alerts.alerts().size();
      int commandsOfFirst = of(host, "c1").size();

      network.heal();
      awaitLog("c1", "controller c2 commands the fleet");
      host.swaps(800);
      await("the next storm is c2's").atMost(BOUND).until(() -> host.held() != null);
      await("and its alert").atMost(BOUND).until(() -> alerts.ids().size() == 2);
      assertThat(alerts.alerts().stream().filter(each -> each.id().equals(first)))
          .as("nothing more of the first alert")
          .hasSize(messages)
          .last()
          .extracting(Alert::state)
          .isEqualTo(Alert.State.RESOLVED);
      assertThat(of(host, "c1")).as("no command either").hasSize(commandsOfFirst);
    }
  }
}
