package io.blkwarden.controller.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.model.Actuator;
import io.blkwarden.model.BackendKind;
import io.blkwarden.model.DeviceNumber;
import io.blkwarden.model.DiskKey;
import io.blkwarden.model.DiskRef;
import io.blkwarden.model.DomainRef;
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
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class PackedDisksTest {
  private static final DomainRef VM1 = new DomainRef(new UUID(7, -1), 32_751, "vm1");
  private static final DomainRef VM2 = new DomainRef(new UUID(-7, 2), 2, "vm2 \u20ac");
  private static final PhysicalDevice SDA =
      new PhysicalDevice("sda", new DeviceNumber(8, 0), "bfq", Actuator.EFFECTIVE, true);
  private static final PhysicalDevice SDB =
      new PhysicalDevice("sdb", new DeviceNumber(8, 16), null, Actuator.UNKNOWN, null);

  private static Worker worker(@Nullable Integer ring, String comm, @Nullable IoPriority priority) {
    return new Worker(
        WorkerKind.BLKBACK, ring, 4_194_304, Long.MAX_VALUE, comm, priority, Proof.FULL_NAME);
  }

  private static final List<MappedDisk> DISKS =
      List.of(
          new MappedDisk(
              VM1,
              new DiskRef("xvda1", 51_713, BackendKind.VBD, "w"),
              new Volume(
                  "/dev/vg/vm1_img",
                  new DeviceNumber(253, 1_048_575),
                  null,
                  null,
                  null,
                  VolumeRole.ROOT,
                  null,
                  null),
              List.of(SDA, SDB),
              MappingState.RESOLVED,
              null,
              List.of(
                  worker(0, "32751.xvda1-0", IoPriority.parse("idle")),
                  worker(1, "32751.xvda1-1", IoPriority.parse("best-effort/7")),
                  worker(12, "32751.xvda1-12", null),
                  worker(123, "32751.xvda1-123", null)),
              Map.of("plan", "small", "owner", "a")),
          new MappedDisk(
              VM2,
              new DiskRef("hda", 768, BackendKind.QDISK, "r"),
              new Volume("vm2 \u20ac", null, null, null, null, VolumeRole.DATA, null, null),
              List.of(),
              MappingState.UNRESOLVED,
              UnresolvedReason.NO_THREAD_YET,
              List.of(),
              Map.of()),
          new MappedDisk(
              VM1,
              new DiskRef("xvda2", 51_714, BackendKind.VBD, "w"),
              new Volume(
                  null, new DeviceNumber(0, 0), null, null, null, VolumeRole.SWAP, null, null),
              List.of(SDB),
              MappingState.GONE,
              null,
              List.of(),
              Map.of()),
          new MappedDisk(
              VM1,
              new DiskRef("xvdb", 51_728, BackendKind.VBD, "w!"),
              new Volume(
                  "/dev/drbd5",
                  new DeviceNumber(147, 5),
                  null,
                  null,
                  null,
                  VolumeRole.DATA,
                  null,
                  null),
              List.of(SDB),
              MappingState.RESOLVED,
              null,
              List.of(worker(null, "tapdisk", null)),
              Map.of("plan", "small", "owner", "a")));

  @Test
  void packingKeepsEveryDisk() {
    assertThat(new PackedDisks(DISKS).disks()).isEqualTo(DISKS);
  }

  @Test
  void statesAndNamesAreReadSeparately() {
    PackedDisks packed = new PackedDisks(DISKS);

    for (int row = 0; row < DISKS.size(); row++) {
      assertThat(packed.state(row)).isEqualTo(DISKS.get(row).state());
      MappedDisk disk = DISKS.get(row);
      assertThat(packed.names(row))
          .isEqualTo(
              new HostState.Names(
                  disk.domain().uuid(),
                  disk.domain().name(),
                  disk.disk().vdev(),
                  disk.volume().path()));
    }
  }

  @Test
  void rowBelongsToOneIncarnation() {
    PackedDisks packed = new PackedDisks(DISKS);
    DiskKey key = DiskKey.of(VM1, "xvda2");

    assertThat(packed.is(2, key)).isTrue();
    assertThat(packed.is(0, key)).isFalse();
    assertThat(packed.is(2, new DiskKey(VM1.uuid(), 5, "xvda2"))).isFalse();
    assertThat(packed.is(1, DiskKey.of(VM2, "xvda2"))).isFalse();
    assertThat(packed.is(2, new DiskKey(new UUID(7, 2), VM1.domid(), "xvda2"))).isFalse();
  }

  @Test
  void sharedValuesAreStoredOnce() {
    PackedDisks packed = new PackedDisks(DISKS);

    assertThat(packed.disk(2).physical()).isSameAs(packed.disk(3).physical());
  }

  @Test
  void dmDeviceNamesAreOmitted() {
    TestHost host = new TestHost("dom0-7");
    host.addSwap(3);
    MappedDisk read = new PackedDisks(host.disks).disk(0);

    assertThat(read)
        .usingRecursiveComparison()
        .ignoringFields("volume.dm", "volume.dmName", "volume.dmUuid")
        .isEqualTo(host.disks.getFirst());
    assertThat(read.volume().dmUuid()).isNull();
  }
}
