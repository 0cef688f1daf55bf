package io.blkwarden.agent.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.model.Actuator;
import io.blkwarden.model.BackendKind;
import io.blkwarden.model.DeviceNumber;
import io.blkwarden.model.DiskRef;
import io.blkwarden.model.DomainRef;
import io.blkwarden.model.HostId;
import io.blkwarden.model.IoPriority;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MappingState;
import io.blkwarden.model.PhysicalDevice;
import io.blkwarden.model.Proof;
import io.blkwarden.model.UnresolvedReason;
import io.blkwarden.model.Volume;
import io.blkwarden.model.VolumeRole;
import io.blkwarden.model.Worker;
import io.blkwarden.model.WorkerKind;
import io.blkwarden.model.message.MappingEvent;
import io.blkwarden.model.message.MappingOrigin;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class MappingDiffTest {
  private static final UUID VM = new UUID(0x4000, 0x8000_0000_0000_0001L);
  private static final MappingOrigin ORIGIN =
      new MappingOrigin(new HostId("dom0-7"), VM, VM, 9, Instant.EPOCH);

  @Test
  void equalMappingsHaveNoChanges() {
    HostMapping map = map(domain(1), resolved(domain(1), 100, IoPriority.UNSET), volume(1, "a"));

    assertThat(events(map, map)).isEmpty();
  }

  @Test
  void priorityChangesAreIgnored() {
    HostMapping old = map(domain(1), resolved(domain(1), 100, IoPriority.UNSET), volume(1, "a"));
    HostMapping next = map(domain(1), resolved(domain(1), 100, IoPriority.IDLE), volume(1, "a"));

    assertThat(events(old, next)).isEmpty();
  }

  @Test
  void changedWorkersAreAChange() {
    HostMapping old = map(domain(1), resolved(domain(1), 100, IoPriority.UNSET), volume(1, "a"));
    HostMapping next = map(domain(1), resolved(domain(1), 200, IoPriority.UNSET), volume(1, "a"));

    assertThat(events(old, next))
        .containsExactly(new MappingEvent.WorkersChanged(ORIGIN, next.disks().getFirst()));
  }

  @Test
  void renameAndSchedulerAreNamed() {
    MappedDisk before = on(resolved(domain(1), 100, IoPriority.UNSET), "vg-a", "mq-deadline");
    MappedDisk renamed = on(resolved(domain(1), 100, IoPriority.UNSET), "vg-b", "mq-deadline");
    MappedDisk rescheduled = on(resolved(domain(1), 100, IoPriority.UNSET), "vg-a", "none");
    MappedDisk both = on(resolved(domain(1), 200, IoPriority.UNSET), "vg-a", "none");

    assertThat(changes(before, renamed))
        .containsExactly(new MappingEvent.DiskChanged(ORIGIN, renamed, List.of("volume")));
    assertThat(changes(before, rescheduled))
        .containsExactly(new MappingEvent.DiskChanged(ORIGIN, rescheduled, List.of("scheduler")));
    assertThat(changes(before, both))
        .containsExactly(
            new MappingEvent.WorkersChanged(ORIGIN, both),
            new MappingEvent.DiskChanged(ORIGIN, both, List.of("scheduler")));
    assertThat(changes(before, renamed).getFirst().event()).isEqualTo("disk-changed");
  }

  @Test
  void renamedDomainChangesItsDisks() {
    MappedDisk before = resolved(domain(1), 100, IoPriority.UNSET);
    MappedDisk after = resolved(new DomainRef(VM, 1, "web"), 100, IoPriority.UNSET);

    assertThat(changes(before, after))
        .containsExactly(new MappingEvent.DiskChanged(ORIGIN, after, List.of("domain")));
  }

  private static List<MappingEvent> events(HostMapping old, HostMapping next) {
    return MappingDiff.between(old, next).stream().map(change -> change.event(ORIGIN)).toList();
  }

  private static List<MappingEvent> changes(MappedDisk before, MappedDisk after) {
    Volume volume = volume(1, "a");
    return events(map(before.domain(), before, volume), map(after.domain(), after, volume));
  }

  private static MappedDisk on(MappedDisk disk, String dmName, String scheduler) {
    return new MappedDisk(
        disk.domain(),
        disk.disk(),
        new Volume(
            null, new DeviceNumber(253, 1), "dm-1", dmName, "LVM-a", VolumeRole.DATA, null, null),
        List.of(
            new PhysicalDevice("sda", new DeviceNumber(8, 0), scheduler, Actuator.UNKNOWN, null)),
        disk.state(),
        disk.reason(),
        disk.workers(),
        Map.of());
  }

  @Test
  void rebootedDomainStopsThenStartsThenAttaches() {
    HostMapping old = map(domain(1), resolved(domain(1), 100, IoPriority.UNSET), volume(1, "a"));
    HostMapping next = map(domain(2), unresolved(domain(2)), volume(1, "b"));

    assertThat(events(old, next))
        .containsExactly(
            new MappingEvent.DiskDetached(ORIGIN, gone(domain(1))),
            new MappingEvent.DomainStopped(ORIGIN, domain(1)),
            new MappingEvent.DeviceRemoved(ORIGIN, volume(1, "a")),
            new MappingEvent.DeviceAdded(ORIGIN, volume(1, "b")),
            new MappingEvent.DomainStarted(ORIGIN, domain(2)),
            new MappingEvent.DiskAttached(ORIGIN, unresolved(domain(2))));
  }

  @Test
  void renamedVolumeIsAddedWithoutRemoval() {
    Volume renamed =
        new Volume(
            null, new DeviceNumber(253, 1), "dm-1", "vg-new", "LVM-a", VolumeRole.DATA, null, null);
    HostMapping old = map(domain(1), unresolved(domain(1)), volume(1, "a"));
    HostMapping next = map(domain(1), unresolved(domain(1)), renamed);

    assertThat(events(old, next)).containsExactly(new MappingEvent.DeviceAdded(ORIGIN, renamed));
  }

  @Test
  void changesMapToTheirEvents() {
    HostMapping old = map(domain(1), resolved(domain(1), 100, IoPriority.UNSET), volume(1, "a"));
    HostMapping next = map(domain(2), unresolved(domain(2)), volume(1, "b"));

    assertThat(events(old, next))
        .extracting(MappingEvent::event)
        .containsExactly(
            "disk-detached",
            "domain-stopped",
            "device-removed",
            "device-added",
            "domain-started",
            "disk-attached");
    assertThat(new MappingEvent.WorkersChanged(ORIGIN, unresolved(domain(1))).event())
        .isEqualTo("workers-changed");
  }

  @Test
  void changedLabelsAreADiskChange() {
    MappedDisk before = resolved(domain(1), 500, IoPriority.UNSET);
    MappedDisk after =
        new MappedDisk(
            before.domain(),
            before.disk(),
            before.volume(),
            before.physical(),
            before.state(),
            before.reason(),
            before.workers(),
            Map.of("protected", "true"));
    Volume volume = volume(1, "a");

    assertThat(events(map(domain(1), before, volume), map(domain(1), after, volume)))
        .containsExactly(new MappingEvent.DiskChanged(ORIGIN, after, List.of("labels")));
    assertThat(events(map(domain(1), after, volume), map(domain(1), after, volume))).isEmpty();
  }

  private static HostMapping map(DomainRef domain, MappedDisk disk, Volume volume) {
    return new HostMapping(List.of(domain), List.of(disk), List.of(volume), List.of());
  }

  private static DomainRef domain(int domid) {
    return new DomainRef(VM, domid, "vm1");
  }

  private static Volume volume(int minor, String uuid) {
    DeviceNumber number = new DeviceNumber(253, minor);
    return new Volume(
        null, number, "dm-" + minor, "vg-" + uuid, "LVM-" + uuid, VolumeRole.DATA, null, null);
  }

  private static MappedDisk resolved(DomainRef domain, int pid, IoPriority priority) {
    Worker worker =
        new Worker(WorkerKind.BLKBACK, 0, pid, 9000, "1.xvda1-0", priority, Proof.FULL_NAME);
    return new MappedDisk(
        domain,
        new DiskRef("xvda1", 51713, BackendKind.VBD, "w"),
        volume(1, "a"),
        List.of(),
        MappingState.RESOLVED,
        null,
        List.of(worker),
        Map.of());
  }

  private static MappedDisk unresolved(DomainRef domain) {
    return new MappedDisk(
        domain,
        new DiskRef("xvda1", 51713, BackendKind.VBD, "w"),
        volume(1, "a"),
        List.of(),
        MappingState.UNRESOLVED,
        UnresolvedReason.NO_THREAD_YET,
        List.of(),
        Map.of());
  }

  private static MappedDisk gone(DomainRef domain) {
    return new MappedDisk(
        domain,
        new DiskRef("xvda1", 51713, BackendKind.VBD, "w"),
        volume(1, "a"),
        List.of(),
        MappingState.GONE,
        null,
        List.of(),
        Map.of());
  }
}
