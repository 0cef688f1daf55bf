package io.blkwarden.controller.replay;

import io.blkwarden.model.BackendKind;
import io.blkwarden.model.DeviceNumber;
import io.blkwarden.model.DiskRef;
import io.blkwarden.model.DomainRef;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MappingState;
import io.blkwarden.model.PhysicalDevice;
import io.blkwarden.model.Proof;
import io.blkwarden.model.Volume;
import io.blkwarden.model.VolumeRole;
import io.blkwarden.model.Worker;
import io.blkwarden.model.WorkerKind;
import io.blkwarden.model.message.Heartbeat;
import io.blkwarden.model.message.MappingOrigin;
import io.blkwarden.model.message.MappingSnapshot;
import io.blkwarden.model.sample.SampleColumn;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The map and the heartbeats of a generated host, whose mapping never changes and whose counters
 * start at 0. Used by policy tests and the load generator.
 *
 * @param device its only physical device
 */
public record SyntheticHost(
    HostId id, UUID boot, UUID run, PhysicalDevice device, List<MappedDisk> disks) {
  public SyntheticHost {
    disks = List.copyOf(disks);
  }

  /** A disk on an LVM volume, served by one blkback thread. */
  public static MappedDisk disk(
      int row,
      DomainRef domain,
      String vdev,
      VolumeRole role,
      @Nullable String dmUuid,
      PhysicalDevice device) {
    String volume = domain.name() + "_" + role.wire();
    String comm = "%d.xvda%d-0".formatted(domain.domid(), row);
    return new MappedDisk(
        domain,
        new DiskRef(vdev, 51_712 + row, BackendKind.VBD, "w"),
        new Volume(
            "/dev/vg/" + volume,
            new DeviceNumber(253, row),
            "dm-" + row,
            dmUuid == null ? null : "vg-" + volume,
            dmUuid,
            role,
            null,
            null),
        List.of(device),
        MappingState.RESOLVED,
        null,
        List.of(new Worker(WorkerKind.BLKBACK, 0, 1_000 + row, 1, comm, null, Proof.FULL_NAME)),
        Map.of());
  }

  private MappingOrigin origin(Instant at) {
    return new MappingOrigin(id, boot, run, 1, at);
  }

  /** Its map. */
  public MappingSnapshot snapshot(Instant at) {
    return new MappingSnapshot(
        origin(at),
        disks.stream().map(MappedDisk::domain).distinct().toList(),
        disks,
        List.of(device),
        SampleColumn.zeros(disks.size(), 1));
  }

  /** A heartbeat of its agent. */
  public Heartbeat heartbeat(Instant at, long uptimeMillis, long intervalMillis) {
    return new Heartbeat(
        origin(at), "synthetic", uptimeMillis, "synthetic", intervalMillis, List.of(device));
  }
}
