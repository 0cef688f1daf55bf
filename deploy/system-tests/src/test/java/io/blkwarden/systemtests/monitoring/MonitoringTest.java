package io.blkwarden.systemtests.monitoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.blkwarden.controller.app.ControllerRuntime;
import io.blkwarden.controller.config.ControllerSettings;
import io.blkwarden.controller.config.NotifyFile;
import io.blkwarden.controller.engine.EngineSettings;
import io.blkwarden.controller.http.HttpSettings;
import io.blkwarden.controller.nats.NatsSettings;
import io.blkwarden.model.subject.Subjects;
import io.blkwarden.systemtests.NatsProcess;
import io.blkwarden.systemtests.SimulatedAgents;
import io.blkwarden.systemtests.access.GuardedNats;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Metrics of a running controller and agent, with promtool and Prometheus. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class MonitoringTest {
  private static final Duration BOUND = Duration.ofSeconds(90);

  private static final String POLICY =
      """
      policies:
        - name: swap-storm
          mode: auto
          match: { role: swap }
          when: { metric: iops, above: 50, for: 1s, clear_below: 20, clear_for: 4s }
          then: { ladder: [ idle ], lease: 60s, alert: warning }
      brakes: { disks_per_host: 2, hosts_throttled: 100%, stop_if_hosts_anomalous: 100% }
      """;

  private final Path folder;
  private final GuardedNats nats;
  private final Example node;
  private final ControllerRuntime controller;
  private final int agentPort = NatsProcess.freePort();
  private SimulatedAgents agent;
  private String ofController = "";
  private String ofAgent = "";

  MonitoringTest(@TempDir Path folder) throws IOException {
    this.folder = folder;
    nats = GuardedNats.start(folder, "sim-1");
    node =
        Example.start(
            folder,
            Map.of("NATS_URL", nats.url(), "NATS_CREDS", nats.seed("viewer").toString()),
            List.of("node", Checkout.file("docs/examples/node/alerts.mjs").toString()));
    Path policies = Files.createDirectory(folder.resolve("policies"));
    Files.writeString(policies.resolve("swap.yaml"), POLICY);
    controller =
        ControllerRuntime.start(
            new ControllerSettings(
                new NatsSettings(nats.url(), nats.seed("controller"), null, Subjects.DEFAULT, "c1"),
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
            EngineSettings.DEFAULT);
  }

  @BeforeAll
  void start() {
    await("the client in Node; 'npm ci' in docs/examples/node if it misses its packages")
        .atMost(BOUND)
        .untilAsserted(
            () -> assertThat(node.errorOutput()).contains("listening to blkwarden.v1.alert."));
    agent =
        SimulatedAgents.start(
            "--hosts=1",
            "--calm=1s",
            "--storm=600s",
            "--metrics=127.0.0.1:" + agentPort,
            "--metrics-disks",
            "--nats=" + nats.url(),
            "--creds=" + nats.seed("host-sim-1"),
            "--state-dir=" + folder.resolve("state"));
    await("a throttle")
        .atMost(BOUND)
        .until(() -> {
          ofController = Web.get(controller.httpPort().orElseThrow(), "/metrics");
          ofAgent = Web.get(agentPort, "/metrics");
          return ofController.contains("blkwarden_throttle_held_seconds{")
              && ofController.contains("blkwarden_disk_await_seconds{")
              && ofController.contains("blkwarden_host_throttles{host=\"sim-1\"} 1.0")
              && ofAgent.contains("blkwarden_agent_disk_reads_total{");
        });
  }

  @AfterAll
  void stop() throws Exception {
    agent.close();
    controller.close();
    node.close();
    nats.stop();
  }

  @Test
  void metricsFollowTheConventions() throws Exception {
    for (String page : List.of(ofController, ofAgent)) {
      Tool check = Tool.run(page, List.of("promtool", "check", "metrics"));
      assertThat(check.text()).as(page).isEmpty();
      assertThat(check.code()).isZero();
    }
  }

  @Test
  void metricsAreDocumented() throws Exception {
    Set<String> exposed = new TreeSet<>(Exposed.of(ofController));
    exposed.addAll(Exposed.of(ofAgent));
    assertThat(exposed)
        .containsExactlyElementsOf(
            Exposed.documented(Files.readString(Checkout.file("docs/METRICS.md"))));
  }

  @Test
  void alertRulesPassTheirTests() throws Exception {
    Path rules = Checkout.file("deploy/prometheus");
    for (List<String> command :
        List.of(
            List.of("promtool", "check", "config", rules.resolve("prometheus.yml").toString()),
            List.of("promtool", "check", "rules", rules.resolve("alerts.yml").toString()),
            List.of("promtool", "test", "rules", rules.resolve("alerts-test.yml").toString()))) {
      Tool said = Tool.run("", command);
      assertThat(said.code()).as(said.text()).isZero();
      assertThat(said.text()).contains("SUCCESS");
    }
  }

  @Test
  void everyPanelShowsData() throws Exception {
    String dashboard = Files.readString(Checkout.file("deploy/grafana/blkwarden.json"));
    String rules = Files.readString(Checkout.file("deploy/prometheus/alerts.yml"));
    List<String> panels = expressions(JsonMapper.builder().build().readTree(dashboard));
    assertThat(panels).hasSizeGreaterThan(10);
    Set<String> exposed = Exposed.namesIn(ofController + ofAgent);
    assertThat(exposed).containsAll(Exposed.namesIn(rules));
    for (String panel : panels) {
      assertThat(exposed).containsAll(Exposed.namesIn(panel));
    }

    try (Prometheus prometheus =
        Prometheus.start(folder, controller.httpPort().orElseThrow(), agentPort)) {
      for (String panel : panels) {
        await(panel)
            .atMost(BOUND)
            .untilAsserted(() -> {
              JsonNode answer = prometheus.query(filledIn(panel));
              assertThat(answer.path("status").asString("none"))
                  .as(answer.toString())
                  .isEqualTo("success");
              assertThat(answer.path("data").path("result").size()).isPositive();
            });
      }
      JsonNode targets = prometheus.query("up");
      assertThat(targets.path("data").path("result").size()).isEqualTo(2);
      await("the rules are evaluated")
          .atMost(BOUND)
          .untilAsserted(() -> {
            List<String> health = new ArrayList<>();
            prometheus
                .api("rules")
                .path("data")
                .path("groups")
                .path(0)
                .path("rules")
                .forEach(rule -> health.add(rule.path("health").asString("none")));
            assertThat(health).isNotEmpty().containsOnly("ok");
          });
    }
  }

  @Test
  void nodeClientReceivesAnAlert() {
    await("published")
        .atMost(BOUND)
        .untilAsserted(() ->
            assertThat(node.printed().lines())
                .as(node.errorOutput())
                .anyMatch(line -> line.matches("\\S+Z handled warning sim-1 vm101 .*")));
  }

  /** With the services client of the NATS library. */
  @Test
  void nodeClientFindsTheController() throws Exception {
    Tool operator = inNode("operator", "controllers.mjs");
    assertThat(operator.text()).matches("c1 \\S+ \\S+Z blkwarden\\.v1\\n");
    assertThat(operator.code()).isZero();
    Tool viewer = inNode("viewer", "controllers.mjs");
    assertThat(viewer.text()).contains("no controller at", "Permissions Violation for Publish");
    assertThat(viewer.code()).isEqualTo(1);
  }

  private Tool inNode(String user, String example) throws Exception {
    return Tool.run(
        "",
        List.of(
            "env",
            "NATS_URL=" + nats.url(),
            "NATS_CREDS=" + nats.seed(user),
            "node",
            Checkout.file("docs/examples/node/" + example).toString()));
  }

  /** All expressions of panels and variables. */
  private static List<String> expressions(JsonNode node) {
    List<String> found = new ArrayList<>();
    for (JsonNode each : node.findValues("expr")) {
      found.add(each.asString());
    }
    return found;
  }

  /** Replaces variables, like Grafana. */
  private static String filledIn(String expression) {
    return expression.replace("$__rate_interval", "10s").replace("$host", ".*");
  }
}
