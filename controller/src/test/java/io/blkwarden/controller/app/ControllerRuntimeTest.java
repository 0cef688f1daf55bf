package io.blkwarden.controller.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.blkwarden.controller.config.ControllerSettings;
import io.blkwarden.controller.config.NotifyFile;
import io.blkwarden.controller.engine.EngineSettings;
import io.blkwarden.controller.http.HttpSettings;
import io.blkwarden.controller.nats.NatsSettings;
import io.blkwarden.controller.snapshot.ControllerCounters.Kind;
import io.blkwarden.controller.testing.AlertTap;
import io.blkwarden.controller.testing.ScriptedHost;
import io.blkwarden.controller.testing.SwapStorm;
import io.blkwarden.model.HostId;
import io.blkwarden.model.Restraint;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.Command;
import io.blkwarden.model.message.CommandAction;
import io.blkwarden.model.subject.Subjects;
import io.blkwarden.testing.NatsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole controller on a real nats-server with scripted hosts. */
final class ControllerRuntimeTest {
  private static final Duration BOUND = Duration.ofSeconds(90);
  private static final HostId HOST = new HostId("dom0-7");

  @TempDir Path policies;

  private final List<AutoCloseable> open = new ArrayList<>();
  private final NatsServer server = closing(NatsServer.start());

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : open.reversed()) {
      each.close();
    }
  }

  private <T extends AutoCloseable> T closing(T resource) {
    open.add(resource);
    return resource;
  }

  private ControllerRuntime controller(String instance) throws IOException {
    SwapStorm.in(policies);
    EngineSettings normal = EngineSettings.DEFAULT;
    return closing(
        ControllerRuntime.start(
            new ControllerSettings(
                new NatsSettings(server.url(), null, null, Subjects.DEFAULT, instance),
                policies,
                null,
                new HttpSettings(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                    Set.of(),
                    null,
                    null),
                null,
                NotifyFile.NONE,
                ControllerSettings.METRICS_DISKS),
            new EngineSettings(1_000, 200, normal.silentIntervals() * 10, 30_000)));
  }

  /** A controller with an empty policy folder. */
  private ControllerRuntime without(Path folder) {
    return closing(
        ControllerRuntime.start(
            new ControllerSettings(
                new NatsSettings(server.url(), null, null, Subjects.DEFAULT, "c0"),
                folder,
                null,
                null,
                null,
                NotifyFile.NONE,
                ControllerSettings.METRICS_DISKS),
            EngineSettings.DEFAULT));
  }

  private static void awaitReady(ControllerRuntime controller) {
    await("ready")
        .atMost(BOUND)
        .untilAsserted(() -> assertThat(controller.readiness().blockers()).isEmpty());
  }

  private ScriptedHost storming(HostId name) {
    ScriptedHost host = closing(new ScriptedHost(server, name));
    host.swaps(800);
    host.live();
    return host;
  }

  private static List<Command> sets(ScriptedHost host) {
    return host.agent().commands.stream()
        .filter(command -> command.action() instanceof CommandAction.Set)
        .toList();
  }

  @Test
  void leadsOnlyWithPolicies(@TempDir Path empty) throws Exception {
    ControllerRuntime without = without(empty);
    await("connected").atMost(BOUND).until(() -> without.readiness().blockers().size() == 2);
    assertThat(without.readiness().blockers())
        .containsExactly(
            "no leader known yet",
            "no valid policy file in %s, so it never leads".formatted(empty));
    ControllerRuntime other = controller("c1");
    awaitReady(other);
    assertThat(other.stop(Duration.ofSeconds(5))).isTrue();

    SwapStorm.in(empty);
    awaitReady(without);
  }

  @Test
  void swapStormIsThrottledReleasedAndResolved() throws Exception {
    ControllerRuntime controller = controller("c1");
    awaitReady(controller);
    AlertTap alerts = closing(new AlertTap(server));
    ScriptedHost host = storming(HOST);

    await("throttled").atMost(BOUND).until(() -> host.activeLease() != null);
    Command set = sets(host).getFirst();
    assertThat(set.epoch()).isPositive();
    assertThat(set.action())
        .isInstanceOfSatisfying(
            CommandAction.Set.class,
            action -> {
              assertThat(action.restraint()).isEqualTo(Restraint.Priority.IDLE);
              assertThat(action.vdev()).isEqualTo("xvda2");
              assertThat(action.workers()).singleElement().extracting("pid").isEqualTo(27444);
            });
    await("alert").atMost(BOUND).until(() -> alerts.states().contains(Alert.State.HANDLED));

    host.swaps(5);
    await("released").atMost(BOUND).until(() -> host.activeLease() == null);
    await("resolved").atMost(BOUND).until(() -> alerts.states().contains(Alert.State.RESOLVED));

    assertThat(alerts.states()).contains(Alert.State.HANDLED).endsWith(Alert.State.RESOLVED);
    assertThat(alerts.ids()).hasSize(1);
    assertThat(get(controller, "/readyz").statusCode()).isEqualTo(200);
    assertThat(get(controller, "/api/v1/hosts").body()).contains("\"host\":\"dom0-7\"");
    await("why")
        .atMost(BOUND)
        .untilAsserted(() ->
            assertThat(get(controller, "/api/v1/why?about=vm176").body())
                .contains(
                    "decided to throttle vm176/xvda2 on dom0-7",
                    "Controller c1 released vm176/xvda2 on dom0-7"));
    assertThat(get(controller, "/metrics").body())
        .contains("blkwarden_alerts_total{state=\"resolved\"}", "blkwarden_claim_held 1.0");
    assertThat(controller.stop(Duration.ofSeconds(20))).isTrue();
  }

  private static HttpResponse<String> get(ControllerRuntime controller, String path)
      throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(
          HttpRequest.newBuilder(
                  URI.create(
                      "http://127.0.0.1:%d%s".formatted(controller.httpPort().orElseThrow(), path)))
              .build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }

  @Test
  void serverFailureLosesNoCommandAndNoAlert() throws Exception {
    ControllerRuntime controller = controller("c1");
    awaitReady(controller);
    ScriptedHost host = closing(new ScriptedHost(server, HOST));
    host.answering = false;
    host.swaps(800);
    host.live();
    await("asked").atMost(BOUND).until(() -> !sets(host).isEmpty());

    server.kill();
    host.answering = true;
    server.run();

    await("throttled").atMost(BOUND).until(() -> host.activeLease() != null);
    AlertTap alerts = closing(new AlertTap(server));
    await("alert").atMost(BOUND).until(() -> alerts.states().contains(Alert.State.HANDLED));
    assertThat(controller.counters().commandsLost.sum()).isZero();
    assertThat(controller.counters().alerts.lost().sum()).isZero();
  }

  @Test
  void readyzReportsLostNats() throws Exception {
    ControllerRuntime controller = controller("c1");
    awaitReady(controller);
    assertThat(get(controller, "/metrics").body())
        .contains("blkwarden_ready 1.0", "blkwarden_nats_connected 1.0");

    server.kill();
    await("not ready")
        .atMost(BOUND)
        .untilAsserted(() -> {
          HttpResponse<String> gone = get(controller, "/readyz");
          assertThat(gone.statusCode()).isEqualTo(503);
          assertThat(gone.body()).startsWith("not ready\nthe connection to NATS is lost");
        });
    assertThat(get(controller, "/healthz").statusCode()).isEqualTo(200);
    assertThat(get(controller, "/metrics").body())
        .contains("blkwarden_ready 0.0", "blkwarden_nats_connected 0.0");

    server.run();
    await("ready again")
        .atMost(BOUND)
        .untilAsserted(() -> assertThat(get(controller, "/readyz").statusCode()).isEqualTo(200));
  }

  @Test
  void secondControllerIsStandby() throws Exception {
    ControllerRuntime first = controller("c1");
    awaitReady(first);
    ControllerRuntime second = controller("c2");
    await("standby")
        .atMost(BOUND)
        .untilAsserted(() ->
            assertThat(second.readiness().blockers())
                .containsExactly("standby: controller c1 leads"));
    ScriptedHost host = storming(HOST);

    await("throttled").atMost(BOUND).until(() -> host.activeLease() != null);
    assertThat(host.agent().commands).extracting(Command::issuedBy).containsOnly("c1");
    assertThat(second.counters().commands.sum()).isZero();
  }

  @Test
  void alertKeepsItsIdAndIsResolvedByTheNextLeader() throws Exception {
    ControllerRuntime first = controller("c1");
    awaitReady(first);
    AlertTap alerts = closing(new AlertTap(server));
    ScriptedHost host = storming(HOST);
    await("handled").atMost(BOUND).until(() -> alerts.states().contains(Alert.State.HANDLED));
    assertThat(first.stop(Duration.ofSeconds(20))).isTrue();
    int countOfTheFirst = alerts.states().size();

    ControllerRuntime second = controller("c2");
    awaitReady(second);
    await("notified again").atMost(BOUND).until(() -> alerts.states().size() > countOfTheFirst);
    assertThat(second.stop(Duration.ofSeconds(20))).isTrue();

    host.swaps(5);
    ControllerRuntime third = controller("c3");
    awaitReady(third);
    await("resolved").atMost(BOUND).until(() -> alerts.states().contains(Alert.State.RESOLVED));

    assertThat(alerts.ids()).hasSize(1);
    assertThat(third.counters().stepFailures.sum()).isZero();
  }

  @Test
  void malformedMessagesAreCountedAndIgnored() throws Exception {
    ControllerRuntime controller = controller("c1");
    awaitReady(controller);
    ScriptedHost noisy = closing(new ScriptedHost(server, new HostId("dom0-8")));
    Random random = new Random(7);
    for (int i = 0; i < 200; i++) {
      byte[] noise = new byte[random.nextInt(2_000)];
      random.nextBytes(noise);
      nonsense(noisy, noise);
    }
    nonsense(noisy, new byte[1_000_000]);
    noisy.agent().flush();
    await("counted")
        .atMost(BOUND)
        .untilAsserted(
            () -> assertThat(controller.counters().malformed.get(Kind.MAPPING)).hasToString("201"));

    ScriptedHost host = storming(HOST);
    await("throttled").atMost(BOUND).until(() -> host.activeLease() != null);
    assertThat(controller.counters().stepFailures.sum()).isZero();
  }

  @Test
  void duplicateHostRaisesAnAlertAndGetsNoCommand() throws Exception {
    ControllerRuntime controller = controller("c1");
    awaitReady(controller);
    AlertTap alerts = closing(new AlertTap(server));
    ScriptedHost host = closing(new ScriptedHost(server, HOST));
    ScriptedHost clone = closing(new ScriptedHost(server, HOST, UUID.randomUUID()));
    host.live();
    clone.live();
    await("alert")
        .atMost(BOUND)
        .untilAsserted(() ->
            assertThat(alerts.alerts())
                .singleElement()
                .satisfies(alert -> {
                  assertThat(alert.policy()).isEqualTo("duplicate-hosts");
                  assertThat(alert.summary()).contains("dom0-7", "--host");
                }));

    host.swaps(800);
    clone.swaps(800);
    ScriptedHost other = storming(new HostId("dom0-8"));
    await("another host is throttled").atMost(BOUND).until(() -> other.activeLease() != null);
    assertThat(sets(host)).isEmpty();
    assertThat(sets(clone)).isEmpty();
  }

  private static void nonsense(ScriptedHost host, byte[] noise) {
    Subjects subjects = Subjects.DEFAULT;
    HostId name = new HostId("dom0-8");
    for (String subject :
        List.of(
            subjects.sample(name),
            subjects.mapping(name, "snapshot"),
            subjects.heartbeat(name),
            subjects.outcome(name),
            subjects.operator("throttle"))) {
      host.agent().connection().publish(subject, "_INBOX.nobody", noise);
    }
    host.agent().raw("blkwarden.v1.sample.0.%", "x".getBytes(UTF_8));
  }

  @Test
  void stopWaitsForAnswers() throws Exception {
    ControllerRuntime controller = controller("c1");
    awaitReady(controller);
    ScriptedHost host = closing(new ScriptedHost(server, HOST));
    host.answering = false;
    host.swaps(800);
    host.live();
    await("asked").atMost(BOUND).until(() -> !sets(host).isEmpty());

    host.answering = true; // the next attempt is answered
    boolean complete = controller.stop(Duration.ofSeconds(30));

    assertThat(complete).isTrue();
    assertThat(controller.counters().answered.sum()).isPositive();
    assertThat(controller.counters().alerts.published().sum()).isPositive();
  }
}
