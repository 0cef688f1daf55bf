package io.blkwarden.controller.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.blkwarden.controller.nats.Assets;
import io.blkwarden.controller.nats.Bucket;
import io.blkwarden.controller.nats.JetStreamAssets;
import io.blkwarden.controller.nats.KvEvent;
import io.blkwarden.controller.testing.AlertTap;
import io.blkwarden.controller.testing.ControllerProcesses;
import io.blkwarden.controller.testing.ScriptedHost;
import io.blkwarden.controller.testing.TcpProxy;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.Command;
import io.blkwarden.model.message.CommandAction;
import io.blkwarden.testing.NatsServer;
import io.nats.client.Connection;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Controller processes that are stopped, resumed, killed and disconnected from NATS. */
final class TakeoverTest {
  private static final Duration BOUND = Duration.ofSeconds(90);

  private final NatsServer server = NatsServer.start();
  private final Connection connection;
  private final ControllerProcesses controllers;

  TakeoverTest(@TempDir Path folder) throws IOException, InterruptedException {
    connection = server.connect();
    controllers = new ControllerProcesses(folder, server);
  }

  @AfterEach
  void stop() {
    controllers.close();
    server.close();
  }

  private static List<Command> of(ScriptedHost host, String instance) {
    return host.agent().commands.stream()
        .filter(command -> command.issuedBy().equals(instance))
        .toList();
  }

  /** A storm handled by the controller c1. */
  private final class Storm implements AutoCloseable {
    final AlertTap alerts = new AlertTap(server);
    final ScriptedHost host = new ScriptedHost(server, new HostId("dom0-7"));

    Storm() throws Exception {
      host.swaps(800);
      host.live();
      await("handled").atMost(BOUND).until(() -> alerts.states().contains(Alert.State.HANDLED));
      assertThat(host.agent().commands).extracting(Command::issuedBy).containsOnly("c1");
    }

    /** Ends the storm, whose alert is resolved under its first id. */
    void end() {
      host.swaps(5);
      await("released").atMost(BOUND).until(() -> host.activeLease() == null);
      await("resolved").atMost(BOUND).until(() -> alerts.states().contains(Alert.State.RESOLVED));
      assertThat(alerts.ids()).as("the alert keeps its id").hasSize(1);
    }

    @Override
    public void close() {
      host.close();
      alerts.close();
    }
  }

  @Test
  void standbyTakesOverThrottlesAndAlerts() throws Exception {
    Process first = controllers.start("c1");
    controllers.awaitLeads("c1");
    Process second = controllers.start("c2");
    controllers.awaitFollows("c2", "c1");
    try (Storm storm = new Storm()) {
      AlertTap alerts = storm.alerts;
      ScriptedHost host = storm.host;

      controllers.signal(first, "-STOP");
      controllers.awaitLeads("c2");
      storm.end();
      int commandsOfFirst = of(host, "c1").size();

      controllers.signal(first, "-CONT");
      controllers.awaitFollows("c1", "c2");
      assertThat(alerts.states()).last().isEqualTo(Alert.State.RESOLVED);
      assertThat(of(host, "c1")).as("nothing after it was resumed").hasSize(commandsOfFirst);

      host.swaps(800);
      await("throttled by the second controller")
          .atMost(BOUND)
          .until(() -> host.activeLease() != null);
      await("alert").atMost(BOUND).until(() -> alerts.ids().size() == 2);
      assertThat(of(host, "c1")).as("nothing later").hasSize(commandsOfFirst);
      second.destroyForcibly();
      await("the first controller leads again")
          .atMost(BOUND)
          .until(() -> of(host, "c1").size() > commandsOfFirst);
      assertThat(host.activeLease()).as("the throttle stands").isNotNull();
      host.swaps(5);
      await("released by the first controller")
          .atMost(BOUND)
          .until(() -> host.activeLease() == null);
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
      if (controllers.leads(each)) {
        leaders.add(each);
      }
    }
    return leaders;
  }

  private KvEvent.Entry lease() throws IOException {
    Bucket bucket = Assets.bucket(connection, JetStreamAssets.LEADER);
    return Objects.requireNonNull(bucket.get("controller"), "no leader");
  }

  @Test
  void oneOfThreeLeadsAndAStandbyRestartChangesNothing() throws Exception {
    List<String> all = List.of("c1", "c2", "c3");
    for (String each : all) {
      controllers.start(each);
    }
    await("one leads").atMost(BOUND).ignoreExceptions().until(() -> !leaders(all).isEmpty());
    String leader = leaders(all).getFirst();
    for (String each : all) {
      if (!each.equals(leader)) {
        controllers.awaitFollows(each, leader);
      }
    }

    Process fourth = controllers.start("c4");
    controllers.awaitFollows("c4", leader);
    controllers.stop(fourth);

    KvEvent.Entry then = lease();
    await("renewed twice since then")
        .atMost(BOUND)
        .until(() -> lease().revision() >= then.revision() + 2);
    assertThat(lease().value()).as("the same lease").isEqualTo(then.value());
    assertThat(lease().value()).asString(UTF_8).contains(" " + leader + " ");
    assertThat(leaders(List.of("c1", "c2", "c3", "c4"))).containsExactly(leader);
    assertThat(controllers.logged(leader, "this one watches")).isFalse();
  }

  @Test
  void disconnectedLeaderIsReplacedAndReturnsAsStandby() throws Exception {
    TcpProxy network = new TcpProxy(server);
    controllers.start("c1", network.url());
    controllers.awaitLeads("c1");
    controllers.start("c2");
    controllers.awaitFollows("c2", "c1");
    try (network;
        Storm storm = new Storm()) {
      AlertTap alerts = storm.alerts;
      ScriptedHost host = storm.host;

      network.cut();
      await("c2 takes over").atMost(Duration.ofSeconds(15)).until(() -> controllers.leads("c2"));
      storm.end();
      MessageId first = alerts.alerts().getLast().id();
      int messages = alerts.alerts().size();
      int commandsOfFirst = of(host, "c1").size();

      network.heal();
      controllers.awaitFollows("c1", "c2");
      host.swaps(800);
      await("c2 throttles the next storm").atMost(BOUND).until(() -> host.activeLease() != null);
      await("its alert").atMost(BOUND).until(() -> alerts.ids().size() == 2);
      assertThat(alerts.alerts().stream().filter(each -> each.id().equals(first)))
          .as("no further state of the first alert")
          .hasSize(messages)
          .last()
          .extracting(Alert::state)
          .isEqualTo(Alert.State.RESOLVED);
      assertThat(of(host, "c1")).as("no command").hasSize(commandsOfFirst);
    }
  }

  @Test
  void rollingUpgradeHandsOverThrottlesAndAlerts() throws Exception {
    Process first = controllers.start("c1");
    controllers.awaitLeads("c1");
    Process second = controllers.start("c2");
    controllers.awaitFollows("c2", "c1");
    try (Storm storm = new Storm()) {
      AlertTap alerts = storm.alerts;
      ScriptedHost host = storm.host;

      controllers.stop(second);
      controllers.start("c2-new");
      controllers.awaitFollows("c2-new", "c1");
      controllers.stop(first);
      await("at once, before the lease expires")
          .atMost(Duration.ofSeconds(5))
          .until(() -> controllers.leads("c2-new"));
      controllers.start("c1-new");
      controllers.awaitFollows("c1-new", "c2-new");
      assertThat(host.activeLease()).as("the throttle stands").isNotNull();
      assertThat(host.agent().commands)
          .extracting(Command::action)
          .doesNotHaveAnyElementsOfTypes(CommandAction.Reset.class, CommandAction.ReleaseAll.class);

      storm.end();
      assertThat(alerts.states()).isSorted().containsOnlyOnce(Alert.State.RESOLVED);
    }
  }
}
