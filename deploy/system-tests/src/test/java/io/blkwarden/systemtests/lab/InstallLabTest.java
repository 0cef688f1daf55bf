package io.blkwarden.systemtests.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import tools.jackson.databind.JsonNode;

/**
 * The installed agent under its unit on a real dom0: its sandbox, throttles after a kill by the
 * watchdog and an upgrade, and restores on stop and removal.
 */
@Tag("lab-systemd")
@Order(2)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class InstallLabTest {
  private static final String PID = "$(systemctl show -p MainPID --value blkwarden-agent)";

  /** WatchdogSec and TimeoutAbortSec of the unit, and time for systemd to see it. */
  private static final Duration KILLED = Duration.ofSeconds(60 + 5 + 25);

  private final Installed installed = new Installed();
  private final Lab lab = installed.lab;

  @BeforeAll
  void aStorm() {
    lab.verb("throttle", "20");
    lab.sh("systemctl start blkwarden-agent");
    lab.guest("vm101", "setswap heavy 4");
  }

  @Test
  @Order(1)
  void theAgentRunsUnderItsUnit() {
    assertThat(lab.sh("ps -o comm= -p 1").trim()).isEqualTo("systemd");
    assertThat(installed.unit("ActiveState")).isEqualTo("active");
    assertThat(lab.sh("grep -E '^(CapEff|CapBnd|NoNewPrivs|Seccomp):' /proc/" + PID + "/status"))
        .as("CAP_SYS_NICE only")
        .contains("CapEff:\t0000000000800000", "CapBnd:\t0000000000800000")
        .contains("NoNewPrivs:\t1", "Seccomp:\t2");
    Map<String, String> mounts = new TreeMap<>();
    lab.sh("awk '{ print $5, $6 }' /proc/" + PID + "/mountinfo")
        .lines()
        .map(line -> line.split(" "))
        .forEach(pair -> mounts.put(pair[0], pair[1].substring(0, 2)));
    assertThat(mounts)
        .as("read-only except for state, trace instance and cgroups")
        .contains(Map.entry("/", "ro"), Map.entry("/sys", "ro"))
        .contains(Map.entry("/run/blkwarden", "rw"), Map.entry("/sys/fs/cgroup", "ro"))
        .contains(Map.entry("/sys/fs/cgroup/blkwarden", "rw"))
        .contains(Map.entry("/sys/kernel/tracing/instances", "rw"));
    assertThat(lab.sh("grep -c run.aot /proc/" + PID + "/maps").trim()).isNotEqualTo("0");
    assertThat(installed.journal("Read-only file system")).isZero();
    assertThat(installed.journal("Operation not permitted")).isZero();
  }

  @Test
  @Order(2)
  void mapEqualsTheShellScripts() {
    Lab.clock()
        .await(
            "a map of all four disks in NATS",
            Dom0Shell.PATIENCE,
            () ->
                assertThat(mapped())
                    .hasSize(4)
                    .containsExactlyInAnyOrderElementsOf(
                        ShellDisk.all(lab).stream().map(InstallLabTest::essence).toList()));
  }

  @Test
  @Order(3)
  void throttleSurvivesAKillByTheWatchdog() {
    Set<Integer> threads = installed.swapThreads();
    installed.throttle(threads);
    String hanging = installed.unit("MainPID");
    int adopted = installed.journal("adopted");

    lab.sh("kill -STOP " + hanging);
    Lab.clock()
        .await(
            "the watchdog ends an agent that hangs",
            KILLED,
            () -> !installed.unit("MainPID").equals(hanging));
    installed.assertPriorities(threads, "idle");
    assertThat(installed.journal("Watchdog timeout")).isPositive();
    assertThat(installed.journal("Full thread dump")).as("thread dump").isPositive();

    awaitActive();
    Lab.clock()
        .await(
            "the next agent takes the lease over",
            Dom0Shell.PATIENCE,
            () -> installed.journal("adopted") > adopted);
    assertThat(installed.unit("NRestarts")).isEqualTo("1");
    installed.assertPriorities(threads, "idle");
    release();
  }

  @Test
  @Order(4)
  void limitSurvivesADaemonReload() {
    installed.throttle("--limit 20/s", "limit 20/s");
    assertThat(limits()).contains("riops=20 wiops=20");

    lab.sh("systemctl daemon-reload");
    lab.sh("systemd-run --quiet --unit=weighed -p CPUWeight=50 -p MemoryMax=64M sleep 30");
    lab.sh("systemctl stop weighed");
    assertThat(limits()).contains("riops=20 wiops=20");
    release();
    assertThat(lab.sh("ls -d /sys/fs/cgroup/blkwarden/*/ 2>/dev/null || true")).isEmpty();
  }

  @Test
  @Order(5)
  void starvedDiskIsReleased() {
    installed.throttle(installed.swapThreads());
    // So slow that a request waits 10 s for its turn, and more than 5 s for earlier requests.
    lab.guest("vm101", "setswap heavy 1");
    lab.guest("vm102", "setdisk heavy 8");
    lab.verb("throttle", "1");
    Lab.clock()
        .await(
            "the agent ends the throttle by itself",
            Dom0Shell.PATIENCE,
            () -> installed.journal("none completed for") > 0);
    installed.awaitNoPriorities();
    assertThat(installed.operator("blkwarden why vm101")).contains("none completed for");
    lab.verb("throttle", "20");
    lab.guest("vm102", "setdisk off");
    lab.guest("vm101", "setswap heavy 4");
  }

  @Test
  @Order(6)
  void upgradeKeepsThrottles() {
    Set<Integer> threads = installed.swapThreads();
    installed.throttle(threads);
    String before = installed.unit("MainPID");

    // Installing the same package again is an upgrade for dpkg.
    lab.sh("dpkg -i /root/blkwarden-agent_amd64.deb");

    awaitActive();
    assertThat(installed.unit("MainPID")).isNotEqualTo(before);
    assertThat(installed.journal("the leases are left to the next agent")).isPositive();
    installed.assertPriorities(threads, "idle");
    assertThat(lab.sh("grep '^creds = ' /etc/blkwarden/agent.conf")).isNotBlank();
    release();
  }

  @Test
  @Order(7)
  void stopRestoresPriorities() {
    installed.throttle(installed.swapThreads());
    lab.sh("systemctl stop blkwarden-agent");
    installed.assertPriorities(Set.of(), "idle");
    lab.sh("systemctl start blkwarden-agent");
  }

  @Test
  @Order(8)
  void removalRestoresPrioritiesAndPurgeRemovesAllFiles() {
    installed.throttle(installed.swapThreads());
    lab.sh("dpkg -r blkwarden-agent");
    installed.assertPriorities(Set.of(), "idle");
    assertThat(lab.sh("systemctl is-active blkwarden-agent || true").trim()).isEqualTo("inactive");
    assertThat(lab.sh("cat /etc/blkwarden/agent.conf")).as("until it is purged").isNotBlank();

    lab.sh("dpkg -P blkwarden-agent");
    assertThat(
            lab.sh(
                "ls -d /usr/lib/blkwarden-agent /run/blkwarden /var/lib/blkwarden"
                    + " /etc/blkwarden/agent.conf /sys/fs/cgroup/blkwarden"
                    + " /sys/kernel/tracing/instances/blkwarden* 2>/dev/null || true"))
        .isEmpty();
  }

  private void awaitActive() {
    Lab.clock()
        .await(
            "systemd starts it",
            Dom0Shell.PATIENCE,
            () -> installed.unit("ActiveState").equals("active"));
  }

  /** Retries until the host reports: its agent may have just started. */
  private void release() {
    Lab.clock()
        .await(
            "released",
            Dom0Shell.PATIENCE,
            () ->
                assertThat(installed.operator("blkwarden release " + Installed.SWAP))
                    .contains("xvda2 of vm101 on dom0-1 is released"));
    installed.awaitNoPriorities();
  }

  private String limits() {
    return lab.sh("cat /sys/fs/cgroup/blkwarden/*/io.max");
  }

  /** The fields of a disk that both ways of mapping provide. */
  private static String essence(ShellDisk disk) {
    return "%s %s %s %s %s %s %s %s"
        .formatted(
            disk.get("name"),
            disk.get("domid"),
            disk.get("uuid"),
            disk.get("vdev"),
            disk.get("lv"),
            disk.get("dev"),
            disk.get("role"),
            new TreeSet<>(disk.workers()));
  }

  private Set<String> mapped() {
    JsonNode disks =
        installed.objects("blkwarden map --host dom0-1 --json | tr -d '\\n'").getFirst();
    return StreamSupport.stream(disks.spliterator(), false)
        .map(InstallLabTest::essence)
        .collect(Collectors.toSet());
  }

  private static String essence(JsonNode disk) {
    JsonNode domain = disk.get("domain");
    JsonNode volume = disk.get("volume");
    Set<String> workers =
        StreamSupport.stream(disk.get("workers").spliterator(), false)
            .map(w -> w.get("ring") + "/" + w.get("pid") + "/" + w.get("start_ticks"))
            .collect(Collectors.toSet());
    return "%s %s %s %s %s %s %s %s"
        .formatted(
            domain.get("name").asString(),
            domain.get("domid"),
            domain.get("uuid").asString(),
            disk.get("disk").get("vdev").asString(),
            volume.get("path").asString(),
            volume.get("device").asString(),
            volume.get("role").asString(),
            new TreeSet<>(workers));
  }
}
