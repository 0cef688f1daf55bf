package io.blkwarden.systemtests.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.Worker;
import io.blkwarden.model.message.CommandAction;
import io.blkwarden.model.message.Heartbeat;
import io.blkwarden.model.message.MappingSnapshot;
import io.blkwarden.model.message.Outcome;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/** Queue settings that the agent changes and restores on a real dom0, and labels from dom0. */
@Tag("lab-more")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class QueueSettingsLabTest {
  private static final String QUEUE = "/sys/block/sda/queue/";
  private static final String LABELS = "/local/domain/0/blkwarden/labels";
  private static final String DEADLINE = "mq-deadline";

  private final Lab lab = Lab.running();
  private final FleetView fleet = LabWiring.fleet();
  private final Dom0 dom0 = new Dom0(lab, fleet);

  @BeforeAll
  void aSchedulerThatIgnoresPriorities() {
    lab.verb("guests", "vm101", "vm102");
    lab.verb("scheduler", "none");
    lab.sh("xenstore-rm " + LABELS + " 2>/dev/null || true");
    startAgent();
  }

  @AfterAll
  void stop() throws Exception {
    lab.verb("agent", "stop");
    lab.verb("scheduler", DEADLINE);
    lab.sh("xenstore-rm " + LABELS + " 2>/dev/null || true");
    fleet.close();
  }

  private void startAgent() {
    lab.verb(
        "agent",
        "start",
        "--host",
        "dom0-lab",
        "--ensure-scheduler",
        DEADLINE,
        "--prio-aging-expire",
        "2s");
  }

  private String scheduler() {
    String line = lab.sh("cat " + QUEUE + "scheduler");
    return line.contains("[")
        ? line.substring(line.indexOf('[') + 1, line.indexOf(']'))
        : line.strip();
  }

  private void awaitScheduler(String name) {
    Lab.clock().await("the scheduler " + name, Dom0.PATIENCE, () -> scheduler().equals(name));
  }

  private static boolean hasBoth(Heartbeat beat) {
    return beat.queueSettings().stream()
        .map(each -> "%s %s was %s".formatted(each.setting(), each.value(), each.before()))
        .collect(Collectors.toSet())
        .equals(Set.of("scheduler mq-deadline was none", "prio_aging_expire 2000 was 10000"));
  }

  private Heartbeat awaitBoth(int mark) {
    return fleet
        .await(
            mark,
            Dom0.PATIENCE,
            "a heartbeat that tells of both settings",
            Heartbeat.class,
            QueueSettingsLabTest::hasBoth)
        .message();
  }

  @Test
  @Order(1)
  void setsSchedulerAndAging() {
    awaitBoth(0);
    assertThat(scheduler()).isEqualTo(DEADLINE);
    assertThat(lab.sh("cat " + QUEUE + "iosched/prio_aging_expire").strip()).isEqualTo("2000");
  }

  @Test
  @Order(2)
  void labelsOfDom0ArePublished() {
    MappingSnapshot before = dom0.resolved(0, 4);
    assertThat(before.disks()).allMatch(disk -> disk.domainLabels().isEmpty());
    assertThat(before.devices()).extracting(each -> each.rotational()).containsExactly(true);
    UUID guest = Dom0.disk(before, "vm101", "xvda2").domain().uuid();
    int mark = fleet.mark();
    lab.sh(
        "cd / && xenstore-write %1$s/%2$s/plan small %1$s/%2$s/protected true %1$s/%2$s/Bad x"
            .formatted(LABELS, guest));

    Map<String, String> said = Map.of("plan", "small", "protected", "true");
    MappingSnapshot after =
        dom0.snapshot(
            mark,
            "vm101 with its labels",
            map -> Dom0.disk(map, "vm101", "xvda2").domainLabels().equals(said));
    assertThat(Dom0.disk(after, "vm101", "xvda1").domainLabels()).isEqualTo(said);
    assertThat(Dom0.disk(after, "vm102", "xvda2").domainLabels()).isEmpty();
    assertThat(lab.sh("xenstore-ls -f -p " + LABELS).lines())
        .as("only dom0 reads and writes there")
        .hasSizeGreaterThan(3)
        .allMatch(line -> line.endsWith("(n0)"));
    assertThat(lab.verb("agent", "run", "map", "--json"))
        .contains("\"domain_labels\":{\"plan\":\"small\",\"protected\":\"true\"}");
  }

  @Test
  @Order(3)
  void settingsSurviveAKilledAgentAndTheNextRestoresThem() {
    UUID first = awaitBoth(fleet.mark()).run();
    int mark = fleet.mark();
    lab.verb("agent", "kill9");
    assertThat(scheduler()).isEqualTo(DEADLINE);
    fleet.await(
        mark,
        Dom0.PATIENCE,
        "the next run, which knows what was there before",
        Heartbeat.class,
        beat -> !beat.run().equals(first) && hasBoth(beat));
    assertThat(scheduler()).isEqualTo(DEADLINE);

    lab.verb("agent", "stop");
    assertThat(scheduler()).isEqualTo("none");
  }

  @Test
  @Order(4)
  void releaseAllRestoresTheSettings() {
    int mark = fleet.mark();
    startAgent();
    awaitBoth(mark);
    lab.verb("agent", "run", "release-all");
    awaitScheduler("none");
    int after = fleet.mark();
    for (int beats = 0; beats < 2; beats++) {
      after = fleet.mark();
      fleet.await(
          after,
          Dom0.PATIENCE,
          "a heartbeat that tells of none",
          Heartbeat.class,
          beat -> beat.queueSettings().isEmpty());
    }
    assertThat(scheduler()).isEqualTo("none");
  }

  @Test
  @Order(5)
  void priorityIsSetAgainWithBfq() throws Exception {
    lab.verb("scheduler", DEADLINE);
    int mark = fleet.mark();
    MappingSnapshot map = mappedUnder(mark, DEADLINE);
    MappedDisk swap = Dom0.disk(map, "vm101", "xvda2");
    Set<Integer> pids = swap.workers().stream().map(Worker::pid).collect(Collectors.toSet());
    LabCommands.send(fleet, LabCommands.idle(map, swap), map.origin().host());
    dom0.outcome(mark, Outcome.Result.APPLIED);
    dom0.awaitPriorities(pids, "idle", Duration.ofSeconds(60));

    int change = fleet.mark();
    lab.verb("scheduler", "bfq");
    Outcome again = dom0.outcome(change, Outcome.Result.RENEWED).message();
    assertThat(again.detail())
        .contains("the scheduler went from mq-deadline to bfq")
        .contains("idle is set again");
    assertThat(again.workers()).extracting(each -> each.pid()).containsExactlyElementsOf(pids);
    dom0.awaitPriorities(pids, "idle", Duration.ofSeconds(60));

    LabCommands.send(fleet, new CommandAction.ReleaseAll(), map.origin().host());
    dom0.awaitPriorities(Set.of(), "idle", Duration.ofSeconds(60));
    assertThat(fleet.malformed()).isEmpty();
  }

  private MappingSnapshot mappedUnder(int mark, String scheduler) {
    return dom0.snapshot(
        mark,
        "all disks under " + scheduler,
        map ->
            map.disks().size() == 4
                && map.disks().stream()
                    .allMatch(disk ->
                        !disk.workers().isEmpty()
                            && disk.physical().stream()
                                .allMatch(each -> scheduler.equals(each.scheduler()))));
  }
}
