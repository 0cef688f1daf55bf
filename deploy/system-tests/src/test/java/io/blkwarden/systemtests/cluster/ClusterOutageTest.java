package io.blkwarden.systemtests.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.blkwarden.commandline.ExitCodes;
import io.blkwarden.controller.app.ControllerRuntime;
import io.blkwarden.controller.cli.Blkwarden;
import io.blkwarden.controller.config.ControllerSettings;
import io.blkwarden.controller.config.NotifyFile;
import io.blkwarden.controller.engine.EngineSettings;
import io.blkwarden.controller.http.HttpSettings;
import io.blkwarden.controller.nats.JetStreamAssets;
import io.blkwarden.controller.nats.NatsSettings;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.Outcome;
import io.blkwarden.model.subject.Subjects;
import io.blkwarden.systemtests.SimulatedAgents;
import io.blkwarden.testing.NatsCluster;
import io.nats.client.Connection;
import io.nats.client.ErrorListener;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A cluster of three nats-servers that fail or are restarted, while throttles and alerts start and
 * end every few seconds.
 */
final class ClusterOutageTest {
  private static final Duration BOUND = Duration.ofSeconds(90);
  private static final String POLICIES =
      """
      policies:
        - name: swap-storm
          mode: auto
          match: { role: swap }
          when: { metric: iops, above: 50, for: 1s, clear_below: 20, clear_for: 1s }
          then: { ladder: [ idle ], lease: 60s, alert: warning }
      brakes: { disks_per_host: 8, hosts_throttled: 100%, stop_if_hosts_anomalous: 100% }
      """;

  private final Path folder;
  private final NatsCluster cluster = NatsCluster.start(3);
  private final List<AutoCloseable> open = new ArrayList<>();
  private final Connection link;
  private final StoredStream<Alert> alerts;
  private final StoredStream<Outcome> outcomes;

  ClusterOutageTest(@TempDir Path folder) throws Exception {
    this.folder = folder;
    Files.writeString(
        Files.createDirectory(folder.resolve("policies")).resolve("all.yaml"), POLICIES);
    link =
        closing(
            Nats.connect(
                Options.builder()
                    .servers(cluster.urls().split(","))
                    .maxReconnects(-1)
                    .reconnectWait(Duration.ofMillis(100))
                    .errorListener(new ErrorListener() {})
                    .build()));
    alerts = new StoredStream<>(link, JetStreamAssets.ALERTS, Alert.class);
    outcomes = new StoredStream<>(link, JetStreamAssets.AUDIT, Outcome.class);
  }

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable each : open.reversed()) {
      each.close();
    }
    cluster.close();
  }

  private <T extends AutoCloseable> T closing(T resource) {
    open.add(resource);
    return resource;
  }

  private ControllerRuntime controller() {
    return closing(
        ControllerRuntime.start(
            new ControllerSettings(
                new NatsSettings(cluster.urls(), null, null, Subjects.DEFAULT, "c1"),
                folder.resolve("policies"),
                null,
                new HttpSettings(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                    Set.of(),
                    null,
                    null),
                null,
                NotifyFile.NONE,
                ControllerSettings.METRICS_DISKS),
            EngineSettings.DEFAULT));
  }

  private SimulatedAgents agents(int hosts) {
    return SimulatedAgents.start(
        "--hosts=" + hosts,
        "--interval=500ms",
        "--calm=3s",
        "--storm=4s",
        "--nats=" + cluster.urls(),
        "--state-dir=" + folder.resolve("state"));
  }

  private static void until(String what, Callable<Boolean> condition) {
    await(what)
        .atMost(BOUND)
        .pollInterval(Duration.ofMillis(300))
        .ignoreExceptions() // there is no quorum for a moment
        .until(condition);
  }

  private static void awaitReady(ControllerRuntime controller) {
    await("ready")
        .atMost(BOUND)
        .untilAsserted(() -> assertThat(controller.readiness().blockers()).isEmpty());
  }

  /** Waits for a new alert to be raised, handled and resolved. */
  private void awaitStormAfter(Set<MessageId> known) {
    until(
        "a storm from its begin to its end",
        () ->
            alerts.messages().stream()
                .anyMatch(
                    each -> each.state() == Alert.State.RESOLVED && !known.contains(each.id())));
  }

  private Set<MessageId> known() {
    return await("alerts are read")
        .atMost(BOUND)
        .ignoreExceptions() // there is no quorum for a moment
        .until(
            () -> alerts.messages().stream().map(Alert::id).collect(Collectors.toSet()), _ -> true);
  }

  /** Unresolved alerts with their stored states. */
  private Map<MessageId, List<String>> openAlerts() throws Exception {
    Map<MessageId, List<String>> lives = new LinkedHashMap<>();
    for (Alert each : alerts.messages()) {
      lives
          .computeIfAbsent(each.id(), _ -> new ArrayList<>())
          .add("%s %s %s".formatted(each.state(), each.at(), each.host()));
    }
    lives.values().removeIf(life -> life.getLast().startsWith(Alert.State.RESOLVED.name()));
    return lives;
  }

  /** Leases without a stored start or end. */
  private Map<MessageId, List<String>> openLeases() throws Exception {
    Map<MessageId, List<String>> lives = new LinkedHashMap<>();
    List<Outcome> inOrder = new ArrayList<>(outcomes.messages()); // retries change the order
    inOrder.sort(Comparator.comparing(Outcome::at));
    for (Outcome each : inOrder) {
      if (each.lease() != null) {
        lives
            .computeIfAbsent(each.lease(), _ -> new ArrayList<>())
            .add("%s %s %s".formatted(each.result(), each.at(), each.host()));
      }
    }
    lives
        .values()
        .removeIf(life ->
            life.getFirst().startsWith(Outcome.Result.APPLIED.name())
                && !life.getLast().startsWith(Outcome.Result.APPLIED.name())
                && !life.getLast().startsWith(Outcome.Result.RENEWED.name()));
    return lives;
  }

  /** All alerts and leases that are open now end: their hosts' next storms open others. */
  private void awaitNothingLost(ControllerRuntime controller) throws Exception {
    Set<MessageId> alertsNow = openAlerts().keySet();
    Set<MessageId> leasesNow = openLeases().keySet();
    await("all alerts are resolved and all leases have ended")
        .atMost(BOUND)
        .pollInterval(Duration.ofMillis(300))
        .untilAsserted(() -> {
          assertThat(openAlerts()).doesNotContainKeys(alertsNow.toArray(MessageId[]::new));
          assertThat(openLeases()).doesNotContainKeys(leasesNow.toArray(MessageId[]::new));
        });
    String metrics = metrics(controller);
    for (String counter :
        List.of("blkwarden_alerts_lost_total", "blkwarden_decisions_lost_total")) {
      assertThat(metrics).containsPattern("(?m)^" + counter + " 0(\\.0)?$");
    }
  }

  private static String metrics(ControllerRuntime controller) {
    URI uri =
        URI.create("http://127.0.0.1:%d/metrics".formatted(controller.httpPort().orElseThrow()));
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client
          .sendAsync(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
          .join()
          .body();
    }
  }

  private int mapped() throws Exception {
    return link.keyValue(JetStreamAssets.MAPPING).keys().size();
  }

  /** A pause request while nothing can be stored. */
  private int pause() {
    return Blkwarden.run(
        new String[] {"pause", "--reason", "outage"},
        new PrintWriter(new StringWriter()),
        new PrintWriter(new StringWriter()),
        Map.of("NATS_URL", cluster.urls()));
  }

  @Test
  void oneServerCanFailAndTwoFailuresAreReported() throws Exception {
    ControllerRuntime controller = controller();
    awaitReady(controller);
    int leader = cluster.leaderOf("KV_" + JetStreamAssets.LEADER);
    SimulatedAgents agents = closing(agents(4));
    until("the first map is stored", () -> mapped() > 0);
    cluster.server(leader).kill();
    until("all maps are stored with a server down", () -> mapped() == 4);
    awaitStormAfter(known());
    awaitReady(controller);
    until("a throttle is in force", () -> !openLeases().isEmpty());

    int second = (leader + 1) % 3;
    cluster.server(second).kill();
    await("the outage is reported")
        .atMost(BOUND)
        .untilAsserted(() ->
            assertThat(controller.readiness().blockers().toString())
                .contains("no leader or no quorum"));
    assertThat(pause()).as("no success without a store").isEqualTo(ExitCodes.FAILED);

    cluster.run(leader, second);
    awaitReady(controller);
    awaitStormAfter(known());
    awaitNothingLost(controller);
    agents.close();
  }

  @Test
  void rollingRestartLosesNothing() throws Exception {
    ControllerRuntime controller = controller();
    awaitReady(controller);
    SimulatedAgents agents = closing(agents(3));
    awaitStormAfter(Set.of());
    for (int server = 0; server < 3; server++) {
      cluster.server(server).drain();
      cluster.run(server);
      cluster.awaitCopies();
    }
    awaitStormAfter(known());
    awaitReady(controller);
    awaitNothingLost(controller);
    agents.close();
  }
}
