package io.blkwarden.systemtests.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.Worker;
import io.blkwarden.model.message.MappingSnapshot;
import io.blkwarden.model.message.Outcome;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * The agent's package on a real dom0: it maps and throttles with the capabilities of its unit, its
 * upgrade keeps a throttle, and its removal puts the priority back. The dom0 has no systemd, and so
 * the lab's own supervisor restarts it.
 */
@Tag("lab-more")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PackageLabTest {
  private final Lab lab = Lab.running();
  private final FleetView fleet = LabWiring.fleet();
  private final Dom0 dom0 = new Dom0(lab, fleet);

  @BeforeAll
  void install() {
    lab.verb("guests", "vm101", "vm102");
    lab.verb("scheduler", "mq-deadline");
    lab.verb("install-package");
    LabWiring.startAgent(lab);
  }

  @AfterAll
  void stop() throws Exception {
    lab.verb("agent", "stop");
    lab.sh("dpkg -P blkwarden-agent");
    fleet.close();
  }

  @Test
  void throttlesOutliveAnUpgradeAndNoneOutlivesTheRemoval() throws Exception {
    MappingSnapshot map = dom0.resolved(0, 4);
    dom0.assertSameAsShell(map);
    assertThat(lab.sh("grep CapBnd /proc/$(cat /run/blkwarden-agent.pid)/status"))
        .as("CAP_SYS_NICE and CAP_SYS_PTRACE")
        .contains("0000000000880000");

    MappedDisk swap = Dom0.disk(map, "vm101", "xvda2");
    Set<Integer> pids = swap.workers().stream().map(Worker::pid).collect(Collectors.toSet());
    int mark = fleet.mark();
    LabCommands.send(fleet, LabCommands.idle(map, swap), map.origin().host());
    dom0.outcome(mark, Outcome.Result.APPLIED);
    dom0.awaitPriorities(pids, "idle", Duration.ofSeconds(60));

    // What the package's script does at an upgrade; the restart is the supervisor's.
    int upgrade = fleet.mark();
    lab.sh("blkwarden-agent hand-over && kill $(cat /run/blkwarden-agent.pid)");
    dom0.outcome(upgrade, Outcome.Result.ADOPTED);
    dom0.awaitPriorities(pids, "idle", Duration.ofSeconds(5));

    lab.sh("dpkg -r blkwarden-agent");
    dom0.awaitPriorities(Set.of(), "idle", Duration.ofSeconds(5));
    assertThat(fleet.malformed()).isEmpty();
  }
}
