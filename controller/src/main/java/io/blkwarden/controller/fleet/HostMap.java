package io.blkwarden.controller.fleet;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.blkwarden.controller.fleet.HostState.MappingChange;
import io.blkwarden.model.DeviceNumber;
import io.blkwarden.model.DiskKey;
import io.blkwarden.model.DomainRef;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MappingState;
import io.blkwarden.model.PhysicalDevice;
import io.blkwarden.model.Volume;
import io.blkwarden.model.VolumeRole;
import io.blkwarden.model.message.MappingEvent;
import io.blkwarden.model.message.MappingEvent.DeviceAdded;
import io.blkwarden.model.message.MappingEvent.DeviceRemoved;
import io.blkwarden.model.message.MappingEvent.DiskAttached;
import io.blkwarden.model.message.MappingEvent.DiskChanged;
import io.blkwarden.model.message.MappingEvent.DiskDetached;
import io.blkwarden.model.message.MappingEvent.DomainStarted;
import io.blkwarden.model.message.MappingEvent.DomainStopped;
import io.blkwarden.model.message.MappingEvent.WorkersChanged;
import io.blkwarden.model.message.MappingSnapshot;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.stream.IntStream;

/**
 * A host's disks in the order of the last snapshot, updated by events; mutable, owned by one
 * thread.
 *
 * <p>A disk that was attached later gets a row with the next snapshot, which follows every change.
 * A detached one keeps its row as {@code gone}.
 */
final class HostMap {
  private static final UUID NO_RUN = new UUID(0, 0);

  /** Whether there was a snapshot. */
  final boolean present;

  /** Boot of the host. */
  final UUID boot;

  private final UUID run;

  /** The base that samples count from. */
  final long baseId;

  /** All disks, including those that are gone; without the names of their dm devices. */
  PackedDisks disks;

  /** Identities of the volumes by row. */
  private final long[] volumes;

  /** Rows of devices by row of a disk; a single entry stands for all disks. */
  private final int[][] devicesOf;

  /** The swap disks of each row's domain. */
  final DomainRows swapRows;

  /** All disks of each row's domain. */
  final DomainRows domainRows;

  final List<PhysicalDevice> devices;
  long revision;

  /** Whether events are missing since the snapshot: the map may be wrong. */
  boolean gap;

  /** The map of a host that has not sent one. */
  HostMap() {
    present = false;
    boot = NO_RUN;
    run = NO_RUN;
    baseId = -1;
    disks = PackedDisks.NONE;
    volumes = new long[0];
    devicesOf = new int[0][];
    swapRows = new DomainRows(List.of(), _ -> false);
    domainRows = swapRows;
    devices = List.of();
    revision = -1;
  }

  HostMap(MappingSnapshot snapshot) {
    present = true;
    boot = snapshot.origin().boot();
    run = snapshot.origin().run();
    revision = snapshot.origin().revision();
    baseId = snapshot.base().id();
    devices = snapshot.devices();
    List<MappedDisk> read = snapshot.disks();
    disks = new PackedDisks(read);
    volumes = read.stream().map(MappedDisk::volume).mapToLong(HostMap::identity).toArray();
    Map<DeviceNumber, Integer> rows = new HashMap<>();
    for (int i = 0; i < devices.size(); i++) {
      rows.put(devices.get(i).device(), i);
    }
    Map<List<PhysicalDevice>, int[]> shared = new HashMap<>();
    int[][] devicesOfEach =
        read.stream()
            .map(disk -> shared.computeIfAbsent(disk.physical(), list -> rowsOf(list, rows)))
            .toArray(int[][]::new);
    devicesOf = shared.size() == 1 ? Arrays.copyOf(devicesOfEach, 1) : devicesOfEach;
    swapRows = new DomainRows(read, disk -> disk.volume().role() == VolumeRole.SWAP);
    domainRows = new DomainRows(read, _ -> true);
  }

  /** Half of a digest of the stable names, which differs between volumes. */
  private static long identity(Volume volume) {
    String names = volume.device() + " " + volume.dmUuid();
    return UUID.nameUUIDFromBytes(names.getBytes(UTF_8)).getMostSignificantBits();
  }

  private static int[] rowsOf(List<PhysicalDevice> physical, Map<DeviceNumber, Integer> rows) {
    return physical.stream()
        .map(device -> rows.get(device.device()))
        .filter(Objects::nonNull)
        .mapToInt(Integer::intValue)
        .toArray();
  }

  /** Whether the map is of this run of the agent. */
  boolean isOf(UUID agentRun) {
    return present && run.equals(agentRun);
  }

  MappingChange apply(MappingEvent event) {
    if (!isOf(event.origin().run()) || event.origin().revision() > revision + 1) {
      gap = true;
      return MappingChange.GAP;
    }
    if (event.origin().revision() <= revision) {
      return MappingChange.IGNORED;
    }
    revision = event.origin().revision();
    switch (event) {
      case WorkersChanged changed -> put(changed.disk());
      case DiskChanged changed -> put(changed.disk());
      case DiskDetached detached -> put(detached.disk());
      case DomainStopped stopped -> stop(stopped.domain());
      case DiskAttached _, DomainStarted _, DeviceAdded _, DeviceRemoved _, MappingSnapshot _ -> {}
    }
    return MappingChange.UPDATED;
  }

  private void put(MappedDisk disk) {
    rowOf(disk.key())
        .ifPresent(row -> {
          volumes[row] = identity(disk.volume());
          List<MappedDisk> changed = new ArrayList<>(disks.disks());
          changed.set(row, disk);
          disks = new PackedDisks(changed);
        });
  }

  private void stop(DomainRef domain) {
    disks =
        new PackedDisks(
            disks.disks().stream()
                .map(disk ->
                    disk.domain().sameIncarnation(domain)
                        ? disk.withWorkers(MappingState.GONE, null, List.of())
                        : disk)
                .toList());
  }

  /** Whether the rows of both are the same disks and devices, served by the same workers. */
  boolean sameAs(HostMap other) {
    return disks.sameAs(other.disks)
        && Arrays.equals(volumes, other.volumes)
        && devices.equals(other.devices);
  }

  /** Called with the rows of the same disk or device in two maps. */
  interface SameRow {
    void row(int row, int oldRow);
  }

  /** Reports the rows whose counters have the same source as in an older map. */
  void rowsSince(HostMap old, SameRow sameDisk, SameRow sameDevice) {
    if (sameAs(old)) { // the usual case: agents send the map each minute
      IntStream.range(0, disks.rows()).forEach(row -> sameDisk.row(row, row));
      IntStream.range(0, devices.size()).forEach(row -> sameDevice.row(row, row));
      return;
    }
    List<MappedDisk> was = old.disks.disks();
    Map<DiskKey, Integer> oldRows = new HashMap<>();
    for (int row = 0; row < was.size(); row++) {
      oldRows.put(was.get(row).key(), row);
    }
    for (int row = 0; row < disks.rows(); row++) {
      MappedDisk disk = disks.disk(row);
      Integer oldRow = oldRows.get(disk.key());
      if (oldRow != null && volumes[row] == old.volumes[oldRow]) {
        sameDisk.row(row, oldRow);
      }
    }
    for (int row = 0; row < devices.size(); row++) {
      for (int oldRow = 0; oldRow < old.devices.size(); oldRow++) {
        if (devices.get(row).device().equals(old.devices.get(oldRow).device())
            && devices.get(row).name().equals(old.devices.get(oldRow).name())) {
          sameDevice.row(row, oldRow);
        }
      }
    }
  }

  OptionalInt rowOf(DiskKey key) {
    for (int row = 0; row < disks.rows(); row++) {
      if (disks.is(row, key)) {
        return OptionalInt.of(row);
      }
    }
    return OptionalInt.empty();
  }

  boolean isOn(int row, int device) {
    return IntStream.of(devicesOf(row)).anyMatch(each -> each == device);
  }

  int[] devicesOf(int row) {
    return devicesOf[devicesOf.length == 1 ? 0 : row];
  }
}
