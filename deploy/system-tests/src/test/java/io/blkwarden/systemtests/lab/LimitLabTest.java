package io.blkwarden.systemtests.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.Worker;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.Heartbeat;
import io.blkwarden.model.message.MappingSnapshot;
import io.blkwarden.model.message.Outcome;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** Limits on a real dom0: vm101 swaps on a device whose scheduler ignores priorities. */
@Tag("lab-more")
@Order(4)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class LimitLabTest {
  private static final String TREE = "/sys/fs/cgroup";

  @TempDir static Path work;
  private final Lab lab = Lab.running();
  private final FleetView fleet = LabWiring.fleet();
  private final Dom0 dom0 = new Dom0(lab, fleet);
  private @Nullable IoShareLog log;
  private ControllerProcess controller = LabWiring.noController();

  @BeforeAll
  void twoCalmGuestsAndASchedulerThatIgnoresPriorities() {
    lab.verb("scheduler", "none");
    lab.verb("guests", "vm101", "vm102");
    lab.verb("throttle", "60");
    LabWiring.startAgent(lab);
  }

  @AfterAll
  void stop() throws Exception {
    lab.verb("scheduler", "mq-deadline");
    lab.verb("agent", "stop");
    fleet.close();
  }

  @BeforeEach
  void startController() throws Exception {
    controller = LabWiring.controller(work, "limit 10/s");
  }

  @AfterEach
  void end() throws Exception {
    controller.kill();
    if (log != null) {
      log.stop();
      log = null;
    }
  }

  @Test
  @Order(1)
  void agentReportsThatLimitsAreAvailable() {
    fleet.await(
        fleet.mark(),
        Dom0.PATIENCE,
        "a heartbeat that offers limits",
        Heartbeat.class,
        beat -> Boolean.TRUE.equals(beat.limitAvailable()));
  }

  @Test
  @Order(2)
  void stormIsLimitedAndItsThreadsAreMovedBack() {
    MappingSnapshot before = dom0.resolved(0, 4);
    MappedDisk swap = Dom0.disk(before, "vm101", "xvda2");
    int mark = fleet.mark();
    IoShareLog record =
        IoShareLog.start(lab, Dom0.dm(before, "vm101", "xvda2"), Dom0.dm(before, "vm102", "xvda1"));
    log = record;
    dom0.setGuestWeight(4096);
    lab.guest("vm102", "setdisk heavy 8");
    lab.guest("vm101", "setswap heavy 4");

    var applied = dom0.outcome(mark, Outcome.Result.APPLIED);
    assertThat(applied.message().limitPerS()).isEqualTo(10);
    String group = "/blkwarden/" + Objects.requireNonNull(applied.message().lease());
    assertThat(groups(swap)).containsOnly(group);
    assertThat(lab.sh("cat " + TREE + group + "/io.max"))
        .startsWith(swap.volume().device() + " ")
        .contains("riops=10 wiops=10");
    assertThat(groups(Dom0.disk(before, "vm101", "xvda1"))).containsOnly("/");

    Instant since = applied.message().at();
    Lab.clock()
        .await(
            "30 s of the storm at its limit",
            Dom0.PATIENCE,
            () -> dom0.now().isAfter(since.plusSeconds(30)));
    double free = record.share(since.minusSeconds(6), since);
    double limited = record.share(since.plusSeconds(5), since.plusSeconds(30));
    assertThat(limited)
        .as("share at 10/s since %s, %.2f before, of %s", since, free, record)
        .isLessThan(free * 0.6);
    AlertSchema.assertValid(
        fleet
            .await(
                mark,
                Dom0.PATIENCE,
                "an alert that tells the limit",
                Alert.class,
                a -> a.action() != null && Objects.equals(a.action().limitPerS(), 10))
            .json());

    lab.guest("vm101", "setswap off");
    dom0.outcome(mark, Outcome.Result.RELEASED);
    assertThat(groups(swap)).containsOnly("/");
    assertNoGroupIsLeft();
    lab.guest("vm102", "setdisk off");
  }

  /** Under a limit reads and writes wait for each other, so that neither reaches its limit. */
  @Test
  @Order(3)
  void limitIsKeptDuringAStormOfReadsAndWrites() throws Exception {
    controller.kill();
    controller =
        LabWiring.controller(
            work, "limit 10/s", "metric: iops, above: 25, for: 5s, clear_below: 22, clear_for: 3s");
    String dm = Dom0.dm(dom0.resolved(fleet.mark(), 4), "vm101", "xvda2");
    int mark = fleet.mark();
    lab.guest("vm101", "setswap mixed 3");
    Instant since = dom0.outcome(mark, Outcome.Result.APPLIED).message().at();

    int applied = fleet.mark();
    long[] before = counted(dm);
    Lab.clock()
        .await(
            "40 s of reads and writes at the limit",
            Dom0.PATIENCE,
            () -> dom0.now().isAfter(since.plusSeconds(40)));
    long[] after = counted(dm);
    double seconds = (after[2] - before[2]) / 1_000_000.0;
    double readIops = (after[0] - before[0]) / seconds;
    double writeIops = (after[1] - before[1]) / seconds;
    System.out.printf(
        "%nmixed I/O under limit 10/s: %.1f reads/s, %.1f writes/s%n", readIops, writeIops);
    assertThat(readIops + writeIops)
        .as("reads and writes a second under limit 10/s: %.1f and %.1f", readIops, writeIops)
        .isBetween(9.0, 22.0);
    assertThat(
            fleet.since(applied, Outcome.class).stream()
                .filter(seen -> seen.message().result() == Outcome.Result.RELEASED))
        .as("a release in the middle of the storm")
        .isEmpty();

    lab.guest("vm101", "setswap off");
    dom0.outcome(applied, Outcome.Result.RELEASED);
    assertNoGroupIsLeft();
  }

  /** Completed reads and writes of a device, and dom0's time in microseconds. */
  private long[] counted(String device) {
    String line =
        lab.sh(
            "read -r -a s </sys/block/%s/stat; echo ${s[0]} ${s[4]} ${EPOCHREALTIME/./}"
                .formatted(device));
    return Arrays.stream(line.trim().split(" ")).mapToLong(Long::parseLong).toArray();
  }

  @Test
  @Order(4)
  void destroyedGuestLeavesNoCgroup() {
    dom0.resolved(fleet.mark(), 4);
    int mark = fleet.mark();
    dom0.setGuestWeight(4096);
    lab.guest("vm102", "setdisk heavy 8");
    lab.guest("vm101", "setswap heavy 4");
    dom0.outcome(mark, Outcome.Result.APPLIED);

    lab.verb("destroy", "vm101");

    dom0.outcome(mark, Outcome.Result.GONE);
    assertNoGroupIsLeft();
    lab.guest("vm102", "setdisk off");
    assertThat(fleet.malformed()).isEmpty();
  }

  private void assertNoGroupIsLeft() {
    Lab.clock()
        .await(
            "no cgroup of ours",
            Duration.ofSeconds(60),
            () -> assertThat(lab.sh("ls -d " + TREE + "/blkwarden 2>/dev/null || true")).isEmpty());
  }

  /** The cgroups of a disk's threads, as the kernel names them. */
  private Set<String> groups(MappedDisk disk) {
    return disk.workers().stream()
        .map(Worker::pid)
        .map(pid -> lab.sh("grep ^0:: /proc/%d/cgroup".formatted(pid)).trim().substring(3))
        .collect(Collectors.toSet());
  }
}
