package io.blkwarden.controller.fleet;

import io.blkwarden.model.DeviceNumber;
import io.blkwarden.model.DiskKey;
import io.blkwarden.model.DomainRef;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MappingState;
import io.blkwarden.model.PhysicalDevice;
import io.blkwarden.model.VolumeRole;
import io.blkwarden.model.message.DeviceAdded;
import io.blkwarden.model.message.DeviceRemoved;
import io.blkwarden.model.message.DiskAttached;
import io.blkwarden.model.message.DiskDetached;
import io.blkwarden.model.message.DomainStarted;
import io.blkwarden.model.message.DomainStopped;
import io.blkwarden.model.message.MappingEvent;
import io.blkwarden.model.message.MappingSnapshot;
import io.blkwarden.model.message.WorkersChanged;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.UUID;

/**
 * A host's disks in the order of the last snapshot, with what events changed since.
 *
 * <p>Mutable, owned by one thread. A disk that was attached since has no row before the next
 * snapshot, which follows every change; one that was taken away keeps its row as {@code gone}.
 */
public final class HostMap {
  private static final UUID NOBODY = new UUID(0, 0);
  private static final int[] NO_ROWS = {};

  private final boolean present;
  private final UUID boot;
  private final UUID run;
  private final long baseId;
  private final MappedDisk[] disks;
  private final int[][] devicesOf;
  private final int[][] swapRowsOf;
  private final List<PhysicalDevice> devices;
  private long revision;
  private boolean gap;

  /** The map of a host that sent none yet. */
  HostMap() {
    present = false;
    boot = NOBODY;
    run = NOBODY;
    baseId = -1;
    disks = new MappedDisk[0];
    devicesOf = new int[0][];
    swapRowsOf = new int[0][];
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
    disks = new Sharing().of(snapshot.disks());
    devicesOf = new int[disks.length][];
    Map<DeviceNumber, Integer> rows = new HashMap<>();
    for (int i = 0; i < devices.size(); i++) {
      rows.put(devices.get(i).device(), i);
    }
    Map<List<PhysicalDevice>, int[]> shared = new HashMap<>();
    for (int row = 0; row < disks.length; row++) {
      devicesOf[row] = shared.computeIfAbsent(disks[row].physical(), list -> rowsOf(list, rows));
    }
    swapRowsOf = swapRows(disks);
  }

  /** For each row the rows of the swap disks of its domain; rows of a domain share an array. */
  private static int[][] swapRows(MappedDisk[] disks) {
    Map<UUID, int[]> ofDomain = new HashMap<>();
    for (int row = 0; row < disks.length; row++) {
      if (disks[row].volume().role() == VolumeRole.SWAP) {
        ofDomain.merge(disks[row].domain().uuid(), new int[] {row}, HostMap::joined);
      }
    }
    int[][] rows = new int[disks.length][];
    for (int row = 0; row < disks.length; row++) {
      rows[row] = ofDomain.getOrDefault(disks[row].domain().uuid(), NO_ROWS);
    }
    return rows;
  }

  private static int[] joined(int[] first, int[] second) {
    int[] all = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, all, first.length, second.length);
    return all;
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
      case DiskDetached detached -> put(detached.disk());
      case DomainStopped stopped -> stop(stopped.domain());
      case DiskAttached _, DomainStarted _, DeviceAdded _, DeviceRemoved _, MappingSnapshot _ -> {}
    }
    return MappingChange.UPDATED;
  }

  private void put(MappedDisk disk) {
    rowOf(disk.key(), disk.domain().domid()).ifPresent(row -> disks[row] = disk);
  }

  private void stop(DomainRef domain) {
    for (int row = 0; row < disks.length; row++) {
      if (disks[row].domain().sameIncarnation(domain)) {
        disks[row] = disks[row].served(MappingState.GONE, null, List.of());
      }
    }
  }

  /** A pair of rows of the same disk or device in two maps. */
  interface SameRow {
    void row(int row, int oldRow);
  }

  /** Names the rows that still count the same thing as in an older map. */
  void rowsSince(HostMap old, SameRow sameDisk, SameRow sameDevice) {
    Map<DiskKey, Integer> oldRows = new HashMap<>();
    for (int row = 0; row < old.disks.length; row++) {
      oldRows.put(old.disks[row].key(), row);
    }
    for (int row = 0; row < disks.length; row++) {
      Integer oldRow = oldRows.get(disks[row].key());
      if (oldRow != null && countsTheSame(disks[row], old.disks[oldRow])) {
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

  private static boolean countsTheSame(MappedDisk disk, MappedDisk old) {
    return disk.domain().sameIncarnation(old.domain())
        && Objects.equals(disk.volume().device(), old.volume().device())
        && Objects.equals(disk.volume().dmUuid(), old.volume().dmUuid());
  }

  OptionalInt rowOf(DiskKey key, int domid) {
    for (int row = 0; row < disks.length; row++) {
      DomainRef domain = disks[row].domain();
      if (domain.domid() == domid
          && domain.uuid().equals(key.domain())
          && disks[row].disk().vdev().equals(key.vdev())) {
        return OptionalInt.of(row);
      }
    }
    return OptionalInt.empty();
  }

  int[] devicesOf(int row) {
    return devicesOf[row];
  }

  int[] swapRowsOf(int row) {
    return swapRowsOf[row];
  }

  boolean gone(int row) {
    return disks[row].state() == MappingState.GONE;
  }

  /** The disk of a row; the names of its dm device may be left out. */
  public MappedDisk disk(int row) {
    return disks[row];
  }

  /** All disks, those that are gone too. */
  public List<MappedDisk> disks() {
    return List.copyOf(Arrays.asList(disks));
  }

  /** The physical devices. */
  public List<PhysicalDevice> devices() {
    return devices;
  }

  /** Whether there was a snapshot at all. */
  public boolean present() {
    return present;
  }

  /** Whether events are missing since the snapshot: the map may be wrong. */
  public boolean gap() {
    return gap;
  }

  /** Boot of the host. */
  public UUID boot() {
    return boot;
  }

  /** Run of the agent. */
  public UUID run() {
    return run;
  }

  /** Revision of the map. */
  public long revision() {
    return revision;
  }

  /** Base that samples count from. */
  public long baseId() {
    return baseId;
  }
}
