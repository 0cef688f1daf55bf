package io.blkwarden.systemtests.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MappingState;
import io.blkwarden.model.message.MappingSnapshot;
import io.blkwarden.model.message.Outcome;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** The lab's dom0, accessed by shell and NATS. */
final class Dom0 extends Dom0Shell {
  private final FleetView fleet;

  Dom0(Lab lab, FleetView fleet) {
    super(lab);
    this.fleet = fleet;
  }

  /** The first matching snapshot since a mark. */
  MappingSnapshot snapshot(int mark, String what, Predicate<MappingSnapshot> fits) {
    return fleet.await(mark, PATIENCE, what, MappingSnapshot.class, fits).message();
  }

  /** The latest snapshot since a mark in which this many disks are proven. */
  MappingSnapshot resolved(int mark, int disks) {
    return snapshot(
        mark,
        disks + " proven disks in a snapshot",
        snapshot ->
            snapshot.disks().stream().filter(d -> d.state() == MappingState.RESOLVED).count()
                == disks);
  }

  /** The disk of a domain by names. */
  static MappedDisk disk(MappingSnapshot snapshot, String domain, String vdev) {
    return snapshot.disks().stream()
        .filter(d -> d.domain().name().equals(domain) && d.disk().vdev().equals(vdev))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + domain + " " + vdev + " in " + snapshot));
  }

  /** The kernel's name of a disk's device, such as {@code dm-1}. */
  static String dm(MappingSnapshot snapshot, String domain, String vdev) {
    return Objects.requireNonNull(disk(snapshot, domain, vdev).volume().dm());
  }

  /** The agent's messages about a swap disk since a mark. */
  FleetView.Seen<Outcome> outcome(int mark, Outcome.Result result) {
    return fleet.await(
        mark,
        PATIENCE,
        "an outcome " + result.wire(),
        Outcome.class,
        o -> o.result() == result && "xvda2".equals(o.vdev()));
  }

  /** Compares a snapshot with the output of ps, xenstore, sysfs, dmsetup and ionice in dom0. */
  void assertSameAsShell(MappingSnapshot snapshot) {
    Map<String, ShellDisk> shell = new TreeMap<>();
    for (ShellDisk disk : ShellDisk.all(lab)) {
      shell.put(disk.get("name") + " " + disk.get("vdev"), disk);
    }
    assertThat(snapshot.disks().stream().map(d -> d.domain().name() + " " + d.disk().vdev()))
        .containsExactlyInAnyOrderElementsOf(shell.keySet());
    for (MappedDisk disk : snapshot.disks()) {
      ShellDisk expected =
          Objects.requireNonNull(shell.get(disk.domain().name() + " " + disk.disk().vdev()));
      assertThat(disk.domain().uuid()).hasToString(expected.get("uuid"));
      assertThat(disk.domain().domid()).isEqualTo(Integer.parseInt(expected.get("domid")));
      assertThat(disk.disk().handle()).isEqualTo(Integer.parseInt(expected.get("handle")));
      assertThat(disk.volume().path()).isEqualTo(expected.get("lv"));
      assertThat(disk.volume().device()).hasToString(expected.get("dev"));
      assertThat(disk.volume().dm()).isEqualTo(expected.get("dm"));
      assertThat(disk.volume().dmName()).isEqualTo(expected.get("dm_name"));
      assertThat(disk.volume().role().wire()).isEqualTo(expected.get("role"));
      assertThat(disk.physical().stream().map(p -> p.name()).collect(Collectors.joining(",")))
          .isEqualTo(expected.get("disk"));
      assertThat(disk.physical().stream().map(p -> p.scheduler()).collect(Collectors.joining(",")))
          .isEqualTo(expected.get("scheduler"));
      Set<String> workers =
          disk.workers().stream()
              .map(w -> w.ring() + "/" + w.pid() + "/" + w.startTicks())
              .collect(Collectors.toSet());
      assertThat(workers).as("workers of %s", disk.key()).isEqualTo(expected.workers());
    }
  }
}
