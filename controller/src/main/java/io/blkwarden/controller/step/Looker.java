package io.blkwarden.controller.step;

import io.blkwarden.controller.fleet.HostState;
import io.blkwarden.controller.fleet.Metric;
import io.blkwarden.controller.look.DeviceLook;
import io.blkwarden.controller.look.DiskLook;
import io.blkwarden.controller.look.FleetLook;
import io.blkwarden.controller.look.HostLook;
import io.blkwarden.controller.look.Known;
import io.blkwarden.controller.look.ThrottleLook;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MappingState;
import io.blkwarden.model.PhysicalDevice;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes a {@link FleetLook}, and changes nothing. */
final class Looker {
  private final World world;
  private final Proposals proposals;
  private final Map<HostId, Integer> held = new HashMap<>();

  Looker(World world, Proposals proposals) {
    this.world = world;
    this.proposals = proposals;
    world.throttles.all().forEach(each -> held.merge(each.host, 1, Integer::sum));
  }

  /**
   * Looks.
   *
   * @param all whether all hosts are wanted, and not only {@code near}
   * @param near hosts whose disks are wanted too
   */
  FleetLook look(boolean all, Set<HostId> near) {
    List<HostLook> hosts = new ArrayList<>();
    Map<HostId, List<DiskLook>> disks = new HashMap<>();
    if (all) {
      world.hosts.values().forEach(watch -> hosts.add(host(watch)));
    }
    for (HostId each : near) {
      HostWatch watch = world.hosts.get(each);
      if (watch != null) {
        if (!all) {
          hosts.add(host(watch));
        }
        disks.put(each, disks(watch));
      }
    }
    List<Throttle> throttles = world.throttles.all();
    return new FleetLook(
        world.now().wall(),
        hosts,
        disks,
        throttles.stream().limit(FleetLook.THROTTLES_MAX).map(this::throttle).toList(),
        throttles.size(),
        proposals.shown());
  }

  private HostLook host(HostWatch watch) {
    HostState state = watch.state;
    List<DeviceLook> devices = new ArrayList<>();
    List<PhysicalDevice> known = state.devices();
    for (int row = 0; row < known.size(); row++) {
      devices.add(
          new DeviceLook(
              known.get(row).name(),
              Objects.requireNonNullElse(known.get(row).scheduler(), "unknown"),
              known.get(row).actuator().wire(),
              ofDevice(watch, Metric.DEVICE_UTIL, row),
              ofDevice(watch, Metric.DEVICE_AWAIT, row),
              ofDevice(watch, Metric.DEVICE_IN_FLIGHT, row),
              ofDevice(watch, Metric.DEVICE_IOPS, row)));
    }
    int breaches = 0;
    for (Case each : watch.cases.values()) {
      breaches += each.breached() ? 1 : 0;
    }
    return new HostLook(
        watch.host(),
        watch.live
            ? HostLook.State.LIVE
            : watch.silent ? HostLook.State.SILENT : HostLook.State.UNHEARD,
        state.present(),
        breaches,
        held.getOrDefault(watch.host(), 0),
        ofDisk(watch, Metric.HOST_IO_SOME, 0),
        ofDisk(watch, Metric.HOST_IO_FULL, 0),
        devices);
  }

  private static @Nullable Double ofDevice(HostWatch watch, Metric metric, int row) {
    return Known.of(watch.deviceValue(metric, row));
  }

  private static @Nullable Double ofDisk(HostWatch watch, Metric metric, int row) {
    return Known.of(watch.value(metric, row));
  }

  private List<DiskLook> disks(HostWatch watch) {
    Map<Integer, List<String>> policies = new HashMap<>();
    for (Case each : watch.cases.values()) {
      if (each.breached()) {
        policies.computeIfAbsent(each.row, _ -> new ArrayList<>()).add(each.policy.name());
      }
    }
    List<DiskLook> disks = new ArrayList<>();
    for (int row = 0; row < watch.state.rows(); row++) {
      MappedDisk disk = watch.state.disk(row);
      if (disk.state() != MappingState.GONE) {
        disks.add(disk(watch, row, disk, policies.getOrDefault(row, List.of())));
      }
    }
    return disks;
  }

  private static DiskLook disk(HostWatch watch, int row, MappedDisk disk, List<String> policies) {
    return new DiskLook(
        disk.domain(),
        disk.disk().vdev(),
        disk.volume().path(),
        disk.volume().role(),
        disk.state(),
        disk.reason(),
        disk.workers().stream().map(each -> each.comm() + " " + each.pid()).toList(),
        disk.physical().stream().map(PhysicalDevice::name).toList(),
        ofDisk(watch, Metric.IOPS, row),
        ofDisk(watch, Metric.READ_BYTES, row),
        ofDisk(watch, Metric.WRITE_BYTES, row),
        ofDisk(watch, Metric.AWAIT, row),
        ofDisk(watch, Metric.UTIL, row),
        ofDisk(watch, Metric.DEVICE_TIME_SHARE, row),
        policies);
  }

  private ThrottleLook throttle(Throttle each) {
    Case owner = each.owner;
    Episode episode = owner == null ? null : owner.episode;
    return new ThrottleLook(
        each.lease,
        each.host,
        each.domain,
        each.disk.vdev(),
        each.restraint.toString(),
        each.stage.name().toLowerCase(Locale.ROOT),
        owner == null ? null : owner.policy.name(),
        each.person,
        each.reason,
        world.now().wall().plusMillis(each.endsMillis - world.millis()),
        episode == null ? null : episode.alert,
        episode == null ? null : episode.effect);
  }
}
