package io.blkwarden.controller.testing;

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
import io.blkwarden.model.Volume;
import io.blkwarden.model.VolumeRole;
import io.blkwarden.model.Worker;
import io.blkwarden.model.WorkerKind;
import io.blkwarden.model.message.MappingOrigin;
import io.blkwarden.model.message.MappingSnapshot;
import io.blkwarden.model.sample.SampleColumn;
import io.blkwarden.testing.NatsServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** The messages of a host with one guest that has one swap disk. */
public final class Fleet {
  /** The ID of the agent's run. */
  public static final UUID RUN = new UUID(5, 6);

  /** The host's boot ID. */
  public static final UUID BOOT = new UUID(1, 2);

  /** The guest's UUID. */
  public static final UUID DOMAIN = new UUID(3, 4);

  private Fleet() {}

  /** Connects an agent. */
  public static FakeAgent connect(NatsServer server, HostId host) {
    try {
      return new FakeAgent(server, host);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** The host's map; its sample counters start at 0. */
  public static MappingSnapshot snapshot(HostId host, long revision, String domain) {
    return snapshot(host, RUN, revision, domain);
  }

  /** The map from this run of the agent. */
  static MappingSnapshot snapshot(HostId host, UUID run, long revision, String domain) {
    PhysicalDevice sda =
        new PhysicalDevice("sda", new DeviceNumber(8, 0), "mq-deadline", Actuator.CLASS_ONLY, null);
    DomainRef guest = new DomainRef(DOMAIN, 137, domain);
    return new MappingSnapshot(
        new MappingOrigin(host, BOOT, run, revision, Instant.now()),
        List.of(guest),
        List.of(disk(guest, sda)),
        List.of(sda),
        SampleColumn.zeros(1, 1));
  }

  private static MappedDisk disk(DomainRef guest, PhysicalDevice below) {
    return new MappedDisk(
        guest,
        new DiskRef("xvda2", 51714, BackendKind.VBD, "w"),
        new Volume(
            "/dev/vg/vm176_swap",
            new DeviceNumber(253, 20),
            "dm-20",
            "vg-vm176_swap",
            "LVM-x",
            VolumeRole.SWAP,
            null,
            null),
        List.of(below),
        MappingState.RESOLVED,
        null,
        List.of(
            new Worker(
                WorkerKind.BLKBACK,
                0,
                27444,
                982213,
                "137.xvda2-0",
                IoPriority.UNSET,
                Proof.FULL_NAME)),
        Map.of());
  }
}
