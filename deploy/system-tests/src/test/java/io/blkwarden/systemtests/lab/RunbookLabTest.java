package io.blkwarden.systemtests.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import tools.jackson.databind.JsonNode;

/** Runs every command of {@code docs/RUNBOOK.md} while vm101 swaps on a real dom0. */
@Tag("lab-systemd")
@Order(1)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RunbookLabTest {
  private static final String FILE = "/etc/blkwarden/policies/lab.yaml";

  /** Short times, and thresholds for a disk with 20 IOPS. */
  private static final String POLICY =
      """
      policies:
        - name: lab-storm
          mode: shadow
          match: { role: swap }
          when: { metric: iops, above: 3, for: 5s, clear_below: 1.5, clear_for: 8s }
          only_if: { any: [ { metric: device.util, above: 0.5 } ] }
          then: { ladder: [ idle ], lease: 5m, alert: warning }
      """;

  /** Maximum time until a policy throttles: 5 s, and the delay of a loaded dom0. */
  private static final Duration TIME_TO_ACT = Duration.ofSeconds(40);

  private static final String READYZ = "curl -sS http://127.0.0.1:8087/readyz";

  private final Runbook runbook = Runbook.read();
  private final Installed installed = new Installed();
  private final Lab lab = installed.lab;

  @BeforeAll
  void aStormUnderAPolicyThatOnlyWatches() {
    lab.verb("throttle", "20");
    installed.operator("cat >" + FILE + " <<'END'\n" + POLICY + "END\n");
    installed.operator(
        "systemd-run --quiet --collect --unit=tape --setenv=NATS_CREDS=$NATS_CREDS"
            + " blkwarden record --dir /root/tape --policies /etc/blkwarden/policies");
    lab.guest("vm102", "setdisk read");
    lab.guest("vm101", "setswap heavy 4");
  }

  @AfterAll
  void calm() {
    lab.guest("vm101", "setswap off");
    lab.guest("vm102", "setdisk off");
    installed.operator("systemctl stop tape; rm " + FILE);
  }

  @Test
  @Order(1)
  void commandsShowTheStorm() {
    awaitAlert("firing");
    JsonNode alert = installed.objects(type("blkwarden alerts --history --json")).getLast();
    assertThat(alert.path("policy").asString()).isEqualTo("lab-storm");
    assertThat(alert.path("action").path("mode").asString()).isEqualTo("shadow");

    JsonNode worst =
        installed.objects(type("blkwarden top --json --count 1 --rows 0")).getFirst().get("disks");
    assertThat(worst.size()).isEqualTo(4);
    assertThat(worst.get(0).get("domain").asString()).isEqualTo("vm101");
    assertThat(worst.get(0).get("disk").asString()).isEqualTo("xvda2");
    assertThat(worst.get(0).get("threads").toString()).contains(".xvda2-0[");

    // In a pipe, it runs until it is interrupted.
    assertThat(installed.operator(interrupted(12, type("blkwarden top"))))
        .contains("SCORE", "vm101");
    assertThat(
            installed.operator(interrupted(12, type("blkwarden top --host dom0-7 --sort await"))))
        .contains("AWAIT", "vm101");
    assertThat(installed.operator(type("blkwarden map --host dom0-7")))
        .containsPattern("vm101 +xvda2.*\\.xvda2-0");
    assertThat(installed.operator(type("blkwarden why vm176"))).contains("lab-storm", "shadow");
    // Exit code 4: an open alert needs attention.
    assertThat(installed.operator(type("blkwarden status") + "; [ $? -eq 4 ]"))
        .contains("firing", "vm101");
    assertThat(installed.operator(type("blkwarden silence list"))).startsWith("ID");
    assertThat(installed.operator(type(READYZ))).contains("ready");
  }

  @Test
  @Order(2)
  void agentCommandsShowTheStorm() {
    assertThat(lab.sh(interrupted(90, type("blkwarden-agent top"))))
        .containsPattern("vm101 +xvda2");
    assertThat(lab.sh(type("blkwarden-agent map")))
        .containsPattern("vm101 \\([0-9]+\\) +xvda2.* swap +[0-9]+ ");
    assertThat(lab.sh(type("blkwarden-agent doctor"))).contains("ok ");
    assertThat(lab.sh(type("systemctl status blkwarden-agent")))
        .contains("active (running)", "Status: ");
  }

  @Test
  @Order(3)
  void operatorThrottlesAndReleases() {
    assertThat(
            installed.operator(
                type(
                    "blkwarden throttle dom0-7/vm176/xvda2 --priority idle --lease 10m"
                        + " --reason \"...\"")))
        .contains("is set to idle");
    installed.awaitPriorities(installed.swapThreads(), "idle", Installed.A_MINUTE);
    assertThat(installed.operator(type("blkwarden release dom0-7/vm176/xvda2 --reason \"...\"")))
        .contains("is released");
    installed.awaitNoPriorities();
    assertThat(installed.operator("blkwarden why vm101")).contains("idle", "...");

    lab.sh("blkwarden-agent throttle vm101/xvda2 --reason lab");
    installed.awaitPriorities(installed.swapThreads(), "idle", Installed.A_MINUTE);
    lab.sh(type("blkwarden-agent release vm176/xvda2"));
    installed.awaitNoPriorities();
  }

  @Test
  @Order(4)
  void fixedPolicyActsAndBrokenOneDoesNot() {
    Set<Integer> threads = installed.swapThreads();
    installed.operator("sed -i 's/mode: shadow/mode: auto/' " + FILE);
    assertThat(installed.operator(type("blkwarden policy check DIR"))).contains("OK: 2 files");
    installed.awaitPriorities(threads, "idle", TIME_TO_ACT.plusSeconds(20));

    installed.operator("sed -i 's/metric: iops/metric: iopz/' " + FILE);
    assertThat(installed.operator("! blkwarden policy check /etc/blkwarden/policies 2>&1"))
        .containsPattern("lab.yaml:[0-9]+");
    installed.assertPriorities(threads, "idle");
    installed.operator("sed -i 's/metric: iopz/metric: iops/' " + FILE);
  }

  @Test
  @Order(5)
  void pauseAndResume() {
    Set<Integer> threads = installed.swapThreads();
    installed.operator(type("blkwarden pause --reason \"I am looking into it\""));
    assertThat(installed.operator(type("blkwarden release --all"))).contains("released");
    installed.awaitNoPriorities();
    Awaitility.await("enforcement is paused")
        .during(TIME_TO_ACT)
        .atMost(TIME_TO_ACT.plusSeconds(60))
        .untilAsserted(
            () -> assertThat(installed.priorities().values()).containsOnly("none: prio 0"));
    installed.operator(type("blkwarden resume"));
    installed.awaitPriorities(threads, "idle", TIME_TO_ACT.plusSeconds(20));
  }

  @Test
  @Order(6)
  void natsIsUnavailable() {
    Set<Integer> threads = installed.swapThreads();
    installed.operator("systemctl stop nats-server");
    try {
      Lab.clock()
          .await(
              "/readyz names NATS",
              Installed.A_MINUTE,
              () -> installed.operator(READYZ).contains("NATS"));
      installed.assertPriorities(threads, "idle");
      lab.sh(type("blkwarden-agent release-all"));
      installed.assertPriorities(Set.of(), "idle");
    } finally {
      installed.operator("systemctl start nats-server");
    }
    Lab.clock()
        .await(
            "controller and agent come back by themselves",
            Dom0Shell.PATIENCE,
            () -> {
              assertThat(installed.operator(READYZ)).startsWith("ready");
              assertThat(worst().path("iops").isNumber()).isTrue();
            });
  }

  @Test
  @Order(7)
  void agentIsStopped() {
    lab.sh(type("systemctl stop blkwarden-agent"));
    installed.assertPriorities(Set.of(), "idle");
    awaitAlert("unknown");
    assertThat(lab.sh("systemctl status blkwarden-agent || true")).contains("inactive (dead)");
    assertThat(lab.sh(type("journalctl -u blkwarden-agent")))
        .contains("agent of dom0-1 has stopped");

    // A removed host appears again when it reports.
    Lab.clock()
        .await(
            "forgotten, once the controller knows that its leases are over",
            Installed.A_MINUTE,
            () ->
                assertThat(installed.operator(type("blkwarden forget dom0-7")))
                    .contains("dom0-1 is forgotten"));
    assertThat(installed.operator("! blkwarden map --host dom0-1 2>&1")).contains("no map of host");
    lab.sh("systemctl start blkwarden-agent");
    awaitAlert("firing", "handled");
  }

  @Test
  @Order(8)
  void replayEvaluatesAChangedPolicy() {
    installed.operator("systemctl stop tape; rm -rf new; mkdir new; cp " + FILE + " new/");
    installed.operator("echo 'protect: [ { domain: \"vm101\" } ]' >>new/lab.yaml");
    String as = type("blkwarden replay DIR --policies NEW").replace("NEW", "new");
    assertThat(installed.operator(as.replace("DIR", "tape")))
        .contains("Throttled in the replay: none", "the protect list names it")
        .contains("Throttled in the recording (");
  }

  @Test
  @Order(9)
  void everyCommandWasRun() {
    assertThat(runbook.left()).isEmpty();
  }

  private String type(String literal) {
    return runbook
        .command(literal)
        .replace("policy check DIR", "policy check /etc/blkwarden/policies");
  }

  private static String interrupted(int seconds, String command) {
    return "timeout -s INT " + seconds + " " + command + " | cat";
  }

  private JsonNode worst() {
    return installed
        .objects("blkwarden top --json --count 1 --rows 0")
        .getFirst()
        .get("disks")
        .get(0);
  }

  private void awaitAlert(String... states) {
    Lab.clock()
        .await(
            "the alert is " + List.of(states),
            Dom0Shell.PATIENCE,
            () ->
                assertThat(installed.objects("blkwarden alerts --history --json | grep lab-storm"))
                    .last()
                    .satisfies(alert ->
                        assertThat(alert.get("state").asString()).isIn((Object[]) states)));
  }
}
