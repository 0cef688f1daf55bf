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

/** vm101 swaps on a real dom0: throttle, release, and recovery from crashes. */
@Tag("lab")
@Order(1)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SwapStormLabTest {
  private static final String IDLE = "idle";

  @TempDir static Path work;
  private final Lab lab = Lab.running();
  private FleetView fleet = LabWiring.fleet();
  private Dom0 dom0 = new Dom0(lab, fleet);
  private @Nullable IoShareLog log;
  private ControllerProcess controller = LabWiring.noController();

  @BeforeAll
  void twoCalmGuests() throws Exception {
    lab.verb("scheduler", "mq-deadline");
    lab.verb("guests", "vm101", "vm102");
    lab.verb("throttle", "20");
    LabWiring.startAgent(lab);
  }

  @AfterAll
  void stop() throws Exception {
    lab.verb("throttle", "60");
    lab.verb("agent", "stop");
    fleet.close();
  }

  @BeforeEach
  void startController() throws Exception {
    controller = LabWiring.controller(work);
  }

  /** Each test starts with two idle guests and without throttles. */
  @AfterEach
  void calm() throws Exception {
    controller.kill();
    if (log != null) {
      log.stop();
      log = null;
    }
    lab.guest("vm101", "setswap off");
    lab.guest("vm102", "setdisk off");
    dom0.setGuestWeight(128);
    dom0.awaitPriorities(Set.of(), IDLE, Duration.ofSeconds(90));
  }

  @Test
  @Order(1)
  void snapshotEqualsTheShellScripts() {
    MappingSnapshot snapshot = dom0.resolved(0, 4);
    dom0.assertSameAsShell(snapshot);
    assertThat(snapshot.domains()).extracting(d -> d.name()).containsExactly("vm101", "vm102");
  }

  @Test
  @Order(2)
  void stormIsThrottledAndReleasedWithAlerts() {
    Set<Integer> swap = pids("vm101", "xvda2");
    int mark = fleet.mark();
    MappingSnapshot before = dom0.resolved(0, 4);
    IoShareLog record =
        IoShareLog.start(lab, Dom0.dm(before, "vm101", "xvda2"), Dom0.dm(before, "vm102", "xvda1"));
    log = record;
    // The disk, not the emulated CPU, must be the bottleneck: while other guests do no I/O, the
    // idle class correctly gets the whole disk.
    dom0.setGuestWeight(4096);
    lab.guest("vm102", "setdisk heavy 8");
    lab.guest("vm101", "setswap heavy 4");

    var handled = alert(mark, Alert.State.HANDLED);
    var applied = dom0.outcome(mark, Outcome.Result.APPLIED);
    assertThat(Lab.clock().between(handled.message().since(), applied.at()))
        .as("storm to throttle: the policy's 5 s and at most 15 s")
        .isLessThan(Duration.ofSeconds(20));
    dom0.awaitPriorities(swap, IDLE, Duration.ofSeconds(60));
    assertThat(applied.message().workers()).allSatisfy(w -> assertThat(swap).contains(w.pid()));
    assertThat(handled.subject()).isEqualTo("blkwarden.v1.alert.warning.dom0-lab.swap-storm");
    AlertSchema.assertValid(handled.json());

    var judged =
        fleet.await(
            mark,
            Dom0.PATIENCE,
            "the effect on the alert",
            Alert.class,
            a -> a.action() != null && a.action().effect() == Alert.Effect.WORKED);
    AlertSchema.assertValid(judged.json());
    Instant idle = applied.message().at();
    // Requests already queued keep their class; measure the share after they are done.
    Lab.clock()
        .await(
            "30 s of the storm at idle",
            Dom0.PATIENCE,
            () -> dom0.now().isAfter(idle.plusSeconds(30)));
    double free = record.share(idle.minusSeconds(6), idle);
    double throttled = record.share(idle.plusSeconds(12), idle.plusSeconds(30));
    assertThat(throttled)
        .as("share at idle since %s, %.2f before, of %s", idle, free, record)
        .isLessThan(free / 2);

    lab.guest("vm101", "setswap off");
    dom0.outcome(mark, Outcome.Result.RELEASED);
    AlertSchema.assertValid(alert(mark, Alert.State.RESOLVED).json());
    dom0.awaitPriorities(Set.of(), IDLE, Duration.ofSeconds(60));
  }

  @Test
  @Order(3)
  void leaseExpiresAfterTheControllerIsKilled() throws Exception {
    int mark = fleet.mark();
    Set<Integer> swap = pids("vm101", "xvda2");
    lab.guest("vm101", "setswap heavy 4");
    var applied = dom0.outcome(mark, Outcome.Result.APPLIED);
    controller.kill();
    dom0.awaitPriorities(swap, IDLE, Duration.ofSeconds(60));

    endedInTime(applied.message().at(), dom0.outcome(mark, Outcome.Result.EXPIRED));
    dom0.awaitPriorities(Set.of(), IDLE, Duration.ofSeconds(60));
  }

  @Test
  @Order(4)
  void restartedAgentAdoptsOrRestoresLeases() throws Exception {
    int mark = fleet.mark();
    Set<Integer> swap = pids("vm101", "xvda2");
    lab.guest("vm101", "setswap heavy 4");
    var applied = dom0.outcome(mark, Outcome.Result.APPLIED);
    controller.kill();
    lab.verb("agent", "kill9");

    var found =
        fleet.await(
            mark,
            Dom0.PATIENCE,
            "the restarted agent's word on the lease",
            Outcome.class,
            o ->
                (o.result() == Outcome.Result.ADOPTED || o.result() == Outcome.Result.RECOVERED)
                    && Objects.equals(o.lease(), applied.message().lease()));
    if (found.message().result() == Outcome.Result.ADOPTED) {
      assertThat(swap).containsAll(found.message().workers().stream().map(w -> w.pid()).toList());
      // Leases end only after the agent has started, which may take longer than the lease.
      Instant up = found.message().at().minus(LabWiring.LEASE);
      Instant at = applied.message().at();
      endedInTime(up.isAfter(at) ? up : at, dom0.outcome(mark, Outcome.Result.EXPIRED));
    }
    dom0.awaitPriorities(Set.of(), IDLE, Duration.ofSeconds(60));
  }

  @Test
  @Order(5)
  void ineffectiveSchedulerIsReported() throws Exception {
    lab.verb("scheduler", "none");
    int mark = fleet.mark();
    fleet.await(
        mark,
        Dom0.PATIENCE,
        "a heartbeat that says ineffective",
        Heartbeat.class,
        h -> h.devices().stream().anyMatch(d -> "none".equals(d.scheduler())));
    lab.guest("vm102", "setdisk heavy 8");
    lab.guest("vm101", "setswap heavy 4");

    var said =
        fleet.await(
            mark,
            Dom0.PATIENCE,
            "an alert that says ineffective",
            Alert.class,
            a ->
                a.action() != null
                    && (a.action().effect() == Alert.Effect.INEFFECTIVE
                        || a.action().effect() == Alert.Effect.NO_EFFECT));
    AlertSchema.assertValid(said.json());
    dom0.awaitPriorities(Set.of(), IDLE, Duration.ofSeconds(60));
    lab.verb("scheduler", "mq-deadline");
    assertThat(fleet.malformed()).isEmpty();
  }

  /** On dom0's clock, without renewal; tolerates some seconds for the emulated CPU. */
  private static void endedInTime(Instant begun, FleetView.Seen<Outcome> ended) {
    assertThat(Lab.clock().between(begun, ended.message().at()))
        .as("duration of a throttle with a lease of %s", LabWiring.LEASE)
        .isLessThan(LabWiring.LEASE.plusSeconds(5));
  }

  private Set<Integer> pids(String domain, String vdev) {
    MappedDisk disk = Dom0.disk(dom0.resolved(0, 4), domain, vdev);
    return disk.workers().stream().map(Worker::pid).collect(Collectors.toSet());
  }

  private FleetView.Seen<Alert> alert(int mark, Alert.State state) {
    return fleet.await(
        mark, Dom0.PATIENCE, "an alert " + state.wire(), Alert.class, a -> a.state() == state);
  }
}
