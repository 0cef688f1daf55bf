package io.blkwarden.systemtests.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.model.Actuator;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.Proof;
import io.blkwarden.model.Worker;
import io.blkwarden.model.WorkerKind;
import io.blkwarden.model.message.MappingSnapshot;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** A disk that QEMU serves, and limits with cgroup v1, on a real dom0. */
@Tag("lab-more")
@Order(6)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BackendsLabTest {
  private static final String THROTTLE =
      "/lab/blkwarden-agent throttle %s --host dom0-lab --reason test %s 2>&1 || true";
  private static final String TREE = "/sys/fs/cgroup";

  private final Lab lab = Lab.running();
  private final FleetView fleet = LabWiring.fleet();
  private final Dom0 dom0 = new Dom0(lab, fleet);

  @BeforeAll
  void oneGuestOnQdisk() {
    lab.verb("guests", "vm101");
    lab.verb("guests-on-qdisk", "cached", "vm103");
    lab.verb("throttle", "0");
    lab.sh(
        "umount %1$s && mount -t tmpfs cgroup %1$s && mkdir %1$s/blkio".formatted(TREE)
            + " && mount -t cgroup -o blkio blkio %s/blkio".formatted(TREE));
    LabWiring.startAgent(lab);
  }

  @AfterAll
  void stop() throws Exception {
    lab.verb("agent", "stop");
    lab.sh("umount %1$s/blkio; umount %1$s; mount -t cgroup2 cgroup %1$s".formatted(TREE));
    lab.verb("destroy", "vm103");
    fleet.close();
  }

  /** By default the kernel writes the page cache of a qdisk, so nothing that QEMU does helps. */
  @Test
  void qemuIsFoundAndNothingIsPromised() {
    MappingSnapshot map = dom0.resolved(fleet.mark(), 4);
    MappedDisk swap = Dom0.disk(map, "vm103", "xvda2");
    Worker qemu = swap.workers().getFirst();

    assertThat(qemu.kind()).isEqualTo(WorkerKind.QEMU);
    assertThat(qemu.proof()).isEqualTo(Proof.OPEN_FILES);
    assertThat(lab.sh("tr '\\0' ' ' </proc/%d/cmdline".formatted(qemu.pid())))
        .contains("-xen-domid " + swap.domain().domid() + " ");
    assertThat(swap.physical()).allMatch(device -> device.actuator() == Actuator.INEFFECTIVE);
    assertThat(lab.sh(THROTTLE.formatted("vm103/xvda2", "--limit 20/s")))
        .contains("refused", "page cache");
  }

  @Test
  void limitOfCgroupV1IsKeptAndItsThreadReturnsToItsGroup() {
    MappedDisk swap = Dom0.disk(dom0.resolved(fleet.mark(), 4), "vm101", "xvda2");
    int pid = swap.workers().getFirst().pid();
    lab.sh(
        "mkdir -p %1$s/blkio/vm.slice; echo %2$d >%1$s/blkio/vm.slice/tasks".formatted(TREE, pid));
    lab.guest("vm101", "setswap write");

    assertThat(lab.sh(THROTTLE.formatted("vm101/xvda2", "--limit 20/s --lease 60s")))
        .startsWith("applied");
    assertThat(lab.sh("cat %s/blkio/blkwarden/*/blkio.throttle.write_iops_device".formatted(TREE)))
        .isEqualTo(swap.volume().device() + " 20\n");
    assertThat(writes(swap, 10)).as("writes in 10 s at 20/s").isBetween(100L, 260L);

    lab.guest("vm101", "setswap off");
    Lab.clock()
        .await(
            "the thread back in its group after the lease",
            Duration.ofMinutes(2),
            () -> assertThat(lab.sh("cat /proc/%d/cgroup".formatted(pid))).contains(":/vm.slice"));
    assertThat(lab.sh("ls -d %s/blkio/blkwarden 2>/dev/null || true".formatted(TREE))).isEmpty();
  }

  private long writes(MappedDisk disk, int seconds) {
    String count = "read -r -a s </sys/block/%s/stat; ".formatted(disk.volume().dm());
    return Long.parseLong(
        lab.sh(count + "a=${s[4]}; sleep %d; %s echo $((s[4] - a))".formatted(seconds, count))
            .trim());
  }
}
