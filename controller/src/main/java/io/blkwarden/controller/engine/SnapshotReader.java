package io.blkwarden.controller.engine;

import io.blkwarden.controller.fleet.HostState;
import io.blkwarden.controller.fleet.Metric;
import io.blkwarden.controller.snapshot.DeviceSnapshot;
import io.blkwarden.controller.snapshot.DiskSnapshot;
import io.blkwarden.controller.snapshot.FleetSnapshot;
import io.blkwarden.controller.snapshot.HostSnapshot;
import io.blkwarden.controller.snapshot.KnownNumbers;
import io.blkwarden.controller.snapshot.ThrottleSnapshot;
import io.blkwarden.controller.throttle.Lease;
import io.blkwarden.controller.throttle.ThrottleState;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MappingState;
import io.blkwarden.model.PhysicalDevice;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Builds a {@link FleetSnapshot}; read-only. */
final class SnapshotReader {
  private final EngineState engine;
  private final Proposals proposals;
  private final Map<HostId, Integer> held = new HashMap<>();

  SnapshotReader(EngineState engine, Proposals proposals) {
    this.engine = engine;
    this.proposals = proposals;
    engine.throttles.all().forEach(each -> held.merge(each.host, 1, Integer::sum));
  }

  /**
   * Looks.
   *
   * @param all whether all hosts are wanted, and not only {@code near}
   * @param near hosts whose disks are wanted too
   */
  FleetSnapshot look(boolean all, Set<HostId> near) {
    List<HostSnapshot> hosts = new ArrayList<>();
    Map<HostId, List<DiskSnapshot>> disks = new HashMap<>();
    if (all) {
      engine.hosts.values().forEach(tracker -> hosts.add(host(tracker)));
    }
    for (HostId each : near) {
      HostTracker tracker = engine.hosts.get(each);
      if (tracker != null) {
        if (!all) {
          hosts.add(host(tracker));
        }
        disks.put(each, disks(tracker));
      }
    }
    List<Throttle> throttles = engine.throttles.all();
    return new FleetSnapshot(
        engine.now().wall(),
        hosts,
        disks,
        throttles.stream()
            .limit(FleetSnapshot.THROTTLES_MAX)
            .map(this::throttle)
            .flatMap(Optional::stream)
            .toList(),
        throttles.size(),
        proposals.shown());
  }

  private HostSnapshot host(HostTracker tracker) {
    HostState state = tracker.state;
    List<DeviceSnapshot> devices = new ArrayList<>();
    List<PhysicalDevice> known = state.devices();
    for (int row = 0; row < known.size(); row++) {
      devices.add(
          new DeviceSnapshot(
              known.get(row).name(),
              Objects.requireNonNullElse(known.get(row).scheduler(), "unknown"),
              known.get(row).actuator().wire(),
              ofDevice(tracker, Metric.DEVICE_UTIL, row),
              ofDevice(tracker, Metric.DEVICE_AWAIT, row),
              ofDevice(tracker, Metric.DEVICE_IN_FLIGHT, row),
              ofDevice(tracker, Metric.DEVICE_IOPS, row)));
    }
    int breaches = 0;
    for (Evaluation each : tracker.evaluations.values()) {
      breaches += each.breached() ? 1 : 0;
    }
    for (ScopedAlert each : tracker.scoped) {
      breaches += each.breached() ? 1 : 0;
    }
    return new HostSnapshot(
        tracker.host(),
        tracker.live
            ? HostSnapshot.State.LIVE
            : tracker.silent ? HostSnapshot.State.SILENT : HostSnapshot.State.UNHEARD,
        state.present(),
        breaches,
        held.getOrDefault(tracker.host(), 0),
        ofDisk(tracker, Metric.HOST_IO_SOME, 0),
        ofDisk(tracker, Metric.HOST_IO_FULL, 0),
        devices);
  }

  private static @Nullable Double ofDevice(HostTracker tracker, Metric metric, int row) {
    return KnownNumbers.of(tracker.deviceValue(metric, row));
  }

  private static @Nullable Double ofDisk(HostTracker tracker, Metric metric, int row) {
    return KnownNumbers.of(tracker.value(metric, row));
  }

  private List<DiskSnapshot> disks(HostTracker tracker) {
    Map<Integer, List<String>> policies = new HashMap<>();
    for (Evaluation each : tracker.evaluations.values()) {
      if (each.breached()) {
        policies.computeIfAbsent(each.row, _ -> new ArrayList<>()).add(each.policy.name());
      }
    }
    List<DiskSnapshot> disks = new ArrayList<>();
    for (int row = 0; row < tracker.state.rows(); row++) {
      MappedDisk disk = tracker.state.disk(row);
      if (disk.state() != MappingState.GONE) {
        disks.add(disk(tracker, row, disk, policies.getOrDefault(row, List.of())));
      }
    }
    return disks;
  }

  private static DiskSnapshot disk(
      HostTracker tracker, int row, MappedDisk disk, List<String> policies) {
    return new DiskSnapshot(
        disk.domain(),
        disk.disk().vdev(),
        disk.volume().path(),
        disk.volume().role(),
        disk.state(),
        disk.reason(),
        disk.workers().stream().map(each -> each.comm() + " " + each.pid()).toList(),
        disk.physical().stream().map(PhysicalDevice::name).toList(),
        ofDisk(tracker, Metric.IOPS, row),
        ofDisk(tracker, Metric.READ_BYTES, row),
        ofDisk(tracker, Metric.WRITE_BYTES, row),
        ofDisk(tracker, Metric.AWAIT, row),
        ofDisk(tracker, Metric.UTIL, row),
        ofDisk(tracker, Metric.DEVICE_TIME_SHARE, row),
        policies);
  }

  private Optional<ThrottleSnapshot> throttle(Throttle each) {
    return each.state instanceof ThrottleState.Leased held
        ? Optional.of(throttle(each, held))
        : Optional.empty();
  }

  private ThrottleSnapshot throttle(Throttle each, ThrottleState.Leased held) {
    Evaluation owner = each.owner;
    Breach breach = owner == null ? null : owner.breach;
    Lease lease = held.lease();
    return new ThrottleSnapshot(
        lease.id(),
        each.host,
        each.domain,
        each.disk.vdev(),
        lease.restraint().toString(),
        stage(held),
        owner == null ? null : owner.policy.name(),
        lease.operator(),
        lease.reason(),
        engine.now().wall().plusMillis(lease.endsMillis() - engine.millis()),
        breach == null ? null : breach.id(),
        breach == null ? null : held.report().effect());
  }

  private static String stage(ThrottleState.Leased held) {
    return switch (held) {
      case ThrottleState.Requested _ -> "requested";
      case ThrottleState.InForce _, ThrottleState.SteppingDown _ -> "held";
      case ThrottleState.Releasing _ -> "ending";
    };
  }
}
