package io.blkwarden.systemtests.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MappingState;
import io.blkwarden.model.Proof;
import io.blkwarden.model.UnresolvedReason;
import io.blkwarden.model.Worker;
import io.blkwarden.model.message.MappingSnapshot;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/** Truncated thread names: two threads of a guest, both named blkback.37.xvda. */
@Tag("lab")
@Order(3)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class TruncatedNamesLabTest {
  private static final Set<Proof> BY_IO =
      Set.of(Proof.COUNTER_BRACKET, Proof.TRACED_BIO, Proof.ELIMINATION);

  private final Lab lab = Lab.running();
  private final FleetView fleet = LabWiring.fleet();
  private final Dom0 dom0 = new Dom0(lab, fleet);

  @AfterAll
  void stop() throws Exception {
    lab.verb("agent", "stop");
    lab.verb("destroy", "vm101");
    lab.verb("destroy", "vm102");
    lab.verb("blkback", "stock");
    fleet.close();
  }

  @Test
  @Order(1)
  void idleTwinsAreUnresolvedUntilTheirFirstIo() {
    lab.verb("destroy", "vm101");
    lab.verb("destroy", "vm102");
    lab.verb("blkback", "legacy");
    lab.verb("burn", "37");
    lab.verb("guests", "vm101", "vm102");
    LabWiring.startAgent(lab);

    MappingSnapshot snapshot =
        dom0.snapshot(
            0,
            "four disks of connected guests",
            s ->
                s.disks().size() == 4
                    && s.disks().stream()
                        .allMatch(d -> d.reason() == UnresolvedReason.AMBIGUOUS_NAME));
    assertThat(twins("vm101")).hasSize(2);
    assertThat(snapshot.disks()).allSatisfy(d -> assertThat(d.workers()).isEmpty());
    dom0.awaitPriorities(Set.of(), "idle", Dom0.PATIENCE);
  }

  @Test
  @Order(2)
  void everyDiskWithIoIsProven() {
    int mark = fleet.mark();
    lab.guest("vm101", "setswap write");
    MappingSnapshot writing = proven(mark, "vm101", "xvda2");
    Worker writer = Dom0.disk(writing, "vm101", "xvda2").workers().getFirst();
    assertThat(writer.proof()).isEqualTo(Proof.TRACED_BIO);
    assertThat(writerByTrace("vm101", "vm101_swap")).isEqualTo(writer.pid());

    lab.guest("vm101", "setdisk read");
    lab.guest("vm102", "setdisk light");
    lab.guest("vm102", "setswap heavy");
    Set<Integer> pids = new HashSet<>();
    for (String guest : new String[] {"vm101", "vm102"}) {
      for (String vdev : new String[] {"xvda1", "xvda2"}) {
        MappedDisk disk = Dom0.disk(proven(mark, guest, vdev), guest, vdev);
        assertThat(disk.workers()).hasSize(1);
        assertThat(BY_IO).contains(disk.workers().getFirst().proof());
        pids.add(disk.workers().getFirst().pid());
        assertThat(twins(guest)).contains(disk.workers().getFirst().pid());
      }
    }
    assertThat(pids).as("one thread per disk").hasSize(4);
  }

  @Test
  @Order(3)
  void kthreadPidKeysMapAllDisks() {
    lab.verb("destroy", "vm101");
    lab.verb("destroy", "vm102");
    lab.verb("blkback", "kthread-pid");
    int mark = fleet.mark();
    lab.verb("guests", "vm101", "vm102");
    MappingSnapshot snapshot = dom0.resolved(mark, 4);
    assertThat(snapshot.disks())
        .flatExtracting(MappedDisk::workers)
        .extracting(Worker::proof)
        .containsOnly(Proof.KTHREAD_PID);
    dom0.assertSameAsShell(snapshot);
  }

  private MappingSnapshot proven(int mark, String guest, String vdev) {
    return dom0.snapshot(
        mark,
        guest + " " + vdev + " proven",
        s -> s.disks().size() == 4 && Dom0.disk(s, guest, vdev).state() == MappingState.RESOLVED);
  }

  /** Pids of the threads with the name of a guest's disks, truncated to 15 characters. */
  private Set<Integer> twins(String guest) {
    Set<Integer> pids = new HashSet<>();
    String cut = lab.sh("printf %.15s blkback.$(xl domid " + guest + ").xvda1");
    lab.sh("ps -e -o pid=,comm= | awk '$2 == \"" + cut + "\" {print $1}'")
        .lines()
        .forEach(pid -> pids.add(Integer.valueOf(pid.trim())));
    return pids;
  }

  /** The thread that submits I/O to a volume, from the kernel's trace. */
  private int writerByTrace(String guest, String volume) {
    String pid =
        lab.sh(
            """
            set -e; t=/sys/kernel/tracing/instances/check; mkdir $t
            dev=$(stat -L -c '%%t %%T' /dev/vg/%s); set -- $dev
            n=$(( 0x$1 << 20 | 0x$2 ))
            echo "dev == $n" >$t/events/block/block_bio_queue/filter
            echo 1 >$t/events/block/block_bio_queue/enable
            for i in $(seq 60); do grep -q blkback $t/trace && break; sleep 1; done
            grep blkback $t/trace | head -n 1 | sed 's/ *\\[.*//; s/.*-//'
            echo 0 >$t/events/block/block_bio_queue/enable; rmdir $t
            """
                .formatted(volume));
    assertThat(twins(guest)).contains(Integer.valueOf(pid.trim()));
    return Integer.parseInt(pid.trim());
  }
}
