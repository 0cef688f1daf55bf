package io.blkwarden.systemtests.access;

import static io.nats.client.Connection.Status.CONNECTED;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.blkwarden.commandline.nats.NatsCredentials;
import io.blkwarden.controller.app.ControllerRuntime;
import io.blkwarden.controller.config.ControllerSettings;
import io.blkwarden.controller.config.NotifyFile;
import io.blkwarden.controller.engine.EngineSettings;
import io.blkwarden.controller.nats.NatsSettings;
import io.blkwarden.model.HostId;
import io.blkwarden.model.NatsSeed;
import io.blkwarden.model.OperatorKey;
import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.json.Decoded;
import io.blkwarden.model.message.Heartbeat;
import io.blkwarden.model.message.RecordKind;
import io.blkwarden.model.subject.HostToken;
import io.blkwarden.model.subject.Subjects;
import io.blkwarden.systemtests.SimulatedAgents;
import io.nats.client.AuthenticationException;
import io.nats.client.Nats;
import io.nats.client.api.AckPolicy;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.service.Discovery;
import io.nats.service.InfoResponse;
import io.nats.service.PingResponse;
import io.nats.service.StatsResponse;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The permissions are sufficient for each role in a fleet of one host, and allow no more. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class NatsAccessTest {
  private static final Duration BOUND = Duration.ofSeconds(90);
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Subjects SUBJECTS = Subjects.DEFAULT;
  private static final HostId OURS = new HostId("sim-1");
  private static final HostId OTHER = new HostId("dom0.example");

  private static final String POLICY =
      """
      policies:
        - name: swap-storm
          mode: auto
          match: { role: swap }
          when: { metric: iops, above: 50, for: 2s, clear_below: 20, clear_for: 4s }
          then: { ladder: [ idle ], lease: 30s, alert: warning }
      brakes: { disks_per_host: 2, hosts_throttled: 100%, stop_if_hosts_anomalous: 100% }
      """;

  private final Path folder;
  private final GuardedNats nats;
  private final ControllerRuntime controller;
  private SimulatedAgents agent;

  NatsAccessTest(@TempDir Path folder) throws Exception {
    this.folder = folder;
    nats = GuardedNats.start(folder, OURS.value(), OTHER.value());
    Path policies = Files.createDirectory(folder.resolve("policies"));
    Files.writeString(policies.resolve("swap.yaml"), POLICY);
    controller =
        ControllerRuntime.start(
            new ControllerSettings(
                new NatsSettings(nats.url(), nats.seed("controller"), null, SUBJECTS, "c1"),
                policies,
                null,
                null,
                null,
                NotifyFile.NONE,
                ControllerSettings.METRICS_DISKS),
            EngineSettings.DEFAULT);
  }

  @BeforeAll
  void start() {
    agent =
        SimulatedAgents.start(
            "--hosts=1",
            "--calm=2s",
            "--storm=600s",
            "--nats=" + nats.url(),
            "--creds=" + nats.seed("host-sim-1"),
            "--state-dir=" + folder.resolve("state"));
  }

  @AfterAll
  void stop() throws Exception {
    agent.close();
    controller.close();
    nats.stop();
  }

  @Test
  @Order(1)
  void eachRoleCanDoItsWork() throws Exception {
    GuardedNats.Client viewer = nats.client("viewer");
    List<String> heard = new CopyOnWriteArrayList<>();
    viewer
        .connection()
        .createDispatcher(m -> heard.add(new String(m.getData(), UTF_8)))
        .subscribe(SUBJECTS.allAlerts());
    await("a reported throttle")
        .atMost(BOUND)
        .until(() -> heard.stream().anyMatch(each -> each.contains("\"state\":\"handled\"")));

    GuardedNats.CommandOutput map = nats.as("operator", "map");
    assertThat(map.out()).as(map.err()).contains("sim-1");
    await("why")
        .atMost(BOUND)
        .untilAsserted(() -> {
          GuardedNats.CommandOutput why = nats.as("operator", "why", "vm101");
          assertThat(why.out()).as(why.err()).contains("was throttled");
        });
    assertThat(nats.as("operator", "alerts", "--history").out()).contains("swap-storm");
    assertThat(nats.as("operator", "pause", "--reason", "test").code()).isZero();
    assertThat(nats.as("operator", "resume").code()).isZero();
    assertThat(nats.as("operator", "release", "--all", "--reason", "test").code()).isZero();
    GuardedNats.CommandOutput silence =
        nats.as("operator", "silence", "add", "--host", "sim-1", "--for", "1m", "--reason", "test");
    assertThat(silence.code()).as(silence.err()).isZero();
    String key =
        NatsCredentials.publicKey(
            NatsSeed.inSeedFile(Files.readString(nats.seed("operator"))).orElseThrow());
    assertThat(nats.as("operator", "silence", "list").out()).contains(key);
    String disk = "sim-1/vm102/xvda1";
    GuardedNats.CommandOutput throttle =
        nats.as("operator", "throttle", disk, "--priority", "idle", "--reason", "test");
    assertThat(throttle.code()).as(throttle.err()).isZero();
    assertThat(nats.as("operator", "release", disk, "--reason", "test").code()).isZero();
    await("the audit trail has the key")
        .atMost(BOUND)
        .untilAsserted(() ->
            assertThat(nats.as("operator", "why", "vm102").out()).contains("(key " + key + ")"));
    assertThat(nats.as("operator", "proposals").code()).isZero();
    assertThat(nats.as("operator", "hosts").out()).contains("sim-1");
    String tape = folder.resolve("tape").toString();
    GuardedNats.CommandOutput record = nats.as("operator", "record", "--dir", tape, "--for", "3s");
    assertThat(record.code()).as(record.err()).isZero();
    assertThat(Path.of(tape)).isNotEmptyDirectory();
    String idle = "throttle --priority idle --reason x " + disk;
    assertThat(nats.as("viewer", "alerts", "--history").out()).contains("swap-storm");
    assertThat(nats.as("viewer", "map").out()).contains("sim-1");
    for (String command :
        List.of(
            "why vm101",
            "alerts",
            "status",
            "silence list",
            "release --all",
            "pause --reason x",
            idle)) {
      GuardedNats.CommandOutput refused = nats.as("viewer", command.split(" ", -1));
      assertThat(refused.code()).as(command).isEqualTo(1);
      assertThat(refused.err())
          .as(command)
          .contains("does not let these credentials do that", "use an operator's seed");
    }
    assertThat(viewer.denied()).isEmpty();
    assertThat(controller.readiness().blockers()).isEmpty();
  }

  /** Operators receive samples; viewers get an error message. */
  @Test
  @Order(2)
  void operatorReceivesSamplesAndViewerDoesNot() {
    await("values of a simulated disk")
        .atMost(BOUND)
        .untilAsserted(() -> {
          GuardedNats.CommandOutput top =
              nats.as("operator", "top", "--json", "--count=1", "--interval=3s", "--sort=iops");
          assertThat(top.code()).as(top.err()).isZero();
          JsonNode worst = JSON.readTree(top.out()).path("disks").path(0);
          assertThat(worst.path("host").asString()).isEqualTo("sim-1");
          assertThat(worst.path("iops").asDouble()).as(top.out()).isPositive();
          assertThat(worst.path("threads")).as(top.out()).isNotEmpty();
        });
    GuardedNats.CommandOutput viewer = nats.as("viewer", "top", "--count=1");
    assertThat(viewer.code()).isEqualTo(1);
    assertThat(viewer.out()).isEmpty();
    assertThat(viewer.err())
        .contains(
            "does not let these credentials subscribe to the fleet", "use an operator's seed");
  }

  @Test
  @Order(2)
  void operatorFindsTheControllers() throws Exception {
    GuardedNats.Client operator = nats.client("operator");
    Discovery look = new Discovery(operator.connection(), 5_000, 1);
    PingResponse found = look.ping("blkwarden-controller").getFirst();
    assertThat(look.ping()).containsExactly(found);
    assertThat(found.getVersion()).matches("\\d+\\.\\d+\\.\\d+(-.+)?");
    InfoResponse info = look.info().getFirst();
    assertThat(info.getDescription()).contains("disks");
    assertThat(info.getMetadata()).containsEntry("instance", "c1");
    assertThat(info.getMetadata()).containsEntry("prefix", SUBJECTS.prefix());
    StatsResponse stats = look.stats("blkwarden-controller", found.getId());
    assertThat(stats.getStarted().toInstant()).isBefore(Instant.now());
    assertThat(operator.denied()).isEmpty();

    allDenied(nats.client("viewer"), "Publish", List.of("$SRV.PING"));
    allDenied(nats.client("host-dom0%2Eexample"), "Publish", List.of("$SRV.PING"));
  }

  /** The controller has more permissions than the clients that choose the reply subject. */
  @Test
  @Order(2)
  void replySubjectsGrantNoAccess() throws Exception {
    GuardedNats.Client operator = nats.client("operator");
    GuardedNats.Client viewer = nats.client("viewer");
    String forged = SUBJECTS.alert("critical", OURS, "forged");
    List<String> heard = new CopyOnWriteArrayList<>();
    viewer.connection().createDispatcher(m -> heard.add(m.getSubject())).subscribe(forged);
    viewer.connection().flush(Duration.ofSeconds(5));
    for (String replyTo :
        List.of(
            forged,
            SUBJECTS.command(OURS),
            "$JS.API.STREAM.PURGE.BLKWARDEN_DECISIONS",
            "$KV.blkwarden-claim.controller")) {
      operator.connection().publish("$SRV.PING", replyTo, new byte[0]);
    }
    operator.connection().flush(Duration.ofSeconds(5));

    // sent last on the same connection, so the others have been processed
    assertThat(new Discovery(operator.connection(), 5_000, 1).ping()).hasSize(1);
    assertThat(nats.as("operator", "why", "vm101").out()).contains("was throttled");
    viewer.connection().flush(Duration.ofSeconds(5));
    assertThat(heard).isEmpty();
    assertThat(controller.readiness().blockers()).isEmpty();
  }

  @Test
  @Order(2)
  void hostPublishesOnlyItsOwnSubjects() throws Exception {
    GuardedNats.Client host = nats.client("host-dom0%2Eexample");
    List<String> attempts =
        List.of(
            SUBJECTS.sample(OURS),
            SUBJECTS.mapping(OURS, "snapshot"),
            SUBJECTS.heartbeat(OURS),
            SUBJECTS.outcome(OURS),
            SUBJECTS.command(OURS),
            SUBJECTS.alert("critical", OTHER, "simulated"),
            SUBJECTS.decision(OTHER),
            SUBJECTS.operator("release-all"),
            "$KV.blkwarden-mapping.sim-1",
            "$KV.blkwarden-claim.controller",
            "$KV.blkwarden-silences.pause",
            "$JS.API.STREAM.DELETE.BLKWARDEN_AUDIT");
    allDenied(host, "Publish", attempts);
    host.connection().publish(SUBJECTS.heartbeat(OTHER), "{}".getBytes(UTF_8));
    host.connection().flush(Duration.ofSeconds(5));
    assertThat(host.denied()).hasSize(attempts.size());
  }

  @Test
  @Order(3)
  void hostReceivesOnlyItsOwnCommands() throws Exception {
    GuardedNats.Client host = nats.client("host-dom0%2Eexample");
    assertNoneReceived(
        host,
        List.of(
            SUBJECTS.command(OURS),
            "blkwarden.v1.command.*",
            "_INBOX.sim-1.>",
            "_INBOX.>",
            SUBJECTS.allSamples(),
            "$KV.>",
            ">"));
  }

  @Test
  @Order(4)
  void viewerReceivesOnlyAlertsAndMaps() throws Exception {
    GuardedNats.Client viewer = nats.client("viewer");
    assertNoneReceived(
        viewer,
        List.of(
            SUBJECTS.allSamples(),
            SUBJECTS.allOutcomes(),
            SUBJECTS.allDecisions(),
            SUBJECTS.prefix() + ".operator.>",
            SUBJECTS.prefix() + ".replay.>",
            "blkwarden.v1.>",
            "$KV.>"));
    viewer.denied().clear();
    allDenied(
        viewer,
        "Publish",
        List.of(
            SUBJECTS.command(OURS),
            SUBJECTS.operator("release-all"),
            SUBJECTS.alert("critical", OURS, "simulated"),
            "$KV.blkwarden-silences.pause",
            "$JS.API.CONSUMER.CREATE.BLKWARDEN_ALERTS"));
  }

  @Test
  @Order(5)
  void operatorCannotCommandHosts() throws Exception {
    GuardedNats.Client operator = nats.client("operator");
    allDenied(
        operator,
        "Publish",
        List.of(
            SUBJECTS.command(OURS),
            SUBJECTS.operator("release-all"),
            SUBJECTS.operator("release-all", new OperatorKey("U" + "A".repeat(55))),
            SUBJECTS.replay(RecordKind.DECISION, new OperatorKey("U" + "A".repeat(55))),
            SUBJECTS.outcome(OURS),
            SUBJECTS.alert("critical", OURS, "simulated"),
            "$KV.blkwarden-claim.controller",
            "$KV.blkwarden-silences.pause",
            "$JS.API.INFO",
            "$JS.API.STREAM.PURGE.BLKWARDEN_AUDIT",
            "$JS.API.CONSUMER.CREATE.BLKWARDEN_ALERTS",
            "$JS.API.CONSUMER.CREATE.KV_blkwarden-claim"));
  }

  /**
   * In the controllers' account a consumer can deliver to any subject; the agent ignores these
   * messages.
   */
  @Test
  @Order(6)
  void agentIgnoresCommandsDeliveredByAConsumer() throws Exception {
    GuardedNats.Client controllers = nats.client("controller");
    AtomicLong ignored = new AtomicLong();
    controllers
        .connection()
        .createDispatcher(m -> {
          if (ControlJson.decode(Heartbeat.class, m.getData())
              instanceof Decoded.Ok<Heartbeat>(Heartbeat beat)) {
            ignored.set(beat.drops().getOrDefault("commands_not_asked", 0L));
          }
        })
        .subscribe(SUBJECTS.heartbeat(OURS));

    controllers
        .connection()
        .jetStreamManagement()
        .createConsumer(
            "BLKWARDEN_ALERTS",
            ConsumerConfiguration.builder()
                .name("forged")
                .deliverSubject(SUBJECTS.command(OURS))
                .ackPolicy(AckPolicy.None)
                .build());
    await("ignored").atMost(BOUND).until(() -> ignored.get() > 0);
  }

  @Test
  @Order(7)
  void unknownUsersCannotConnect() {
    assertThatThrownBy(() -> Nats.connect(nats.url()).close())
        .isInstanceOf(AuthenticationException.class);
  }

  /** An overloaded dom0, or a whole fleet at once; the server's default timeout is 2 s. */
  @Test
  @Order(7)
  void slowAuthenticationIsAccepted() throws Exception {
    int port = URI.create(nats.url()).getPort();
    try (Socket slow = new Socket(InetAddress.getLoopbackAddress(), port)) {
      BufferedReader from = new BufferedReader(new InputStreamReader(slow.getInputStream(), UTF_8));
      assertThat(from.readLine()).startsWith("INFO ");
      slow.setSoTimeout(4_000);
      assertThatThrownBy(from::readLine).isInstanceOf(SocketTimeoutException.class);
    }
  }

  @Test
  @Order(8)
  void hostsAreAddedAndRemovedByReload() throws Exception {
    nats.init("dom0-9");
    await("the new host connects")
        .atMost(BOUND)
        .ignoreExceptions()
        .until(() -> nats.client("host-dom0-9").connection().getStatus() == CONNECTED);
    GuardedNats.Client leaving = nats.client("host-dom0-9");

    String seed = Files.readString(nats.seed("host-dom0-9"));
    Files.delete(nats.seed("host-dom0-9"));
    nats.init();
    await("and is disconnected")
        .atMost(BOUND)
        .until(() -> leaving.connection().getStatus() != CONNECTED);
    Files.writeString(nats.seed("host-dom0-9"), seed);
    assertThatThrownBy(() -> nats.client("host-dom0-9"))
        .isInstanceOf(AuthenticationException.class);
  }

  @Test
  @Order(7)
  void connectionsAndSubscriptionsAreLimitedPerUser() throws Exception {
    String other = HostToken.encode(OTHER);
    List<GuardedNats.Client> mine = new ArrayList<>();
    assertThatThrownBy(
            () -> {
              while (mine.size() < 100) {
                mine.add(nats.client("host-" + other));
              }
            })
        .isInstanceOf(IOException.class);
    assertThat(mine).hasSizeBetween(1, 8);
    assertThat(Files.readString(folder.resolve("nats.log")))
        .contains("maximum account active connections exceeded");

    GuardedNats.Client one = mine.getFirst();
    for (int n = 0; n < 100; n++) {
      one.connection().subscribe("_INBOX." + other + "." + n);
    }
    await("the maximum of subscriptions")
        .atMost(BOUND)
        .untilAsserted(() ->
            assertThat(one.denied()).anyMatch(each -> each.contains("maximum subscriptions")));

    GuardedNats.Client others = nats.client("host-" + OURS.value());
    others.connection().subscribe("_INBOX." + OURS.value() + ".here");
    others.connection().flush(Duration.ofSeconds(5));
    assertThat(others.denied()).isEmpty();
    for (GuardedNats.Client each : mine) {
      each.connection().close();
    }
  }

  private static void allDenied(GuardedNats.Client who, String what, List<String> subjects)
      throws Exception {
    for (String each : subjects) {
      who.connection().publish(each, "{}".getBytes(UTF_8));
    }
    who.connection().flush(Duration.ofSeconds(5));
    await("denied: " + subjects)
        .atMost(BOUND)
        .untilAsserted(() ->
            assertThat(who.denied())
                .hasSize(subjects.size())
                .allMatch(each -> each.contains("Permissions Violation for " + what)));
  }

  private static void assertNoneReceived(GuardedNats.Client who, List<String> subjects)
      throws Exception {
    List<String> heard = new CopyOnWriteArrayList<>();
    for (String each : subjects) {
      who.connection().createDispatcher(m -> heard.add(m.getSubject())).subscribe(each);
    }
    who.connection().flush(Duration.ofSeconds(5));
    await("denied: " + subjects)
        .atMost(BOUND)
        .untilAsserted(() ->
            assertThat(who.denied())
                .hasSize(subjects.size())
                .allMatch(each -> each.contains("Permissions Violation for Subscription")));
    assertThat(heard).isEmpty();
  }
}
