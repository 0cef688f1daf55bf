package io.blkwarden.agent.sampling;

import io.blkwarden.agent.kernel.KernelFiles;
import io.blkwarden.model.DeviceNumber;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.PhysicalDevice;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The sources of a host's disks, reused while the mapping is unchanged. Knowledge about the users
 * of a disk's device is kept as long as the disk. Not thread-safe.
 */
final class DiskSources {
  private final KernelFiles files;
  private List<MappedDisk> disks = List.of();
  private List<CounterSource> sources = List.of();
  private Map<Connection, SoleUse> uses = Map.of();

  /** A disk of one domain incarnation on one device. */
  private record Connection(int domid, int handle, @Nullable DeviceNumber device) {}

  DiskSources(KernelFiles files) {
    this.files = files;
  }

  /** The sources of these disks, in order; closes earlier sources unless they are reused. */
  List<CounterSource> of(List<MappedDisk> wanted) {
    if (wanted.equals(disks)) {
      return sources;
    }
    sources.forEach(CounterSource::close);
    Set<DeviceNumber> shared = shared(wanted);
    Map<Connection, SoleUse> next = new HashMap<>();
    List<CounterSource> made = new ArrayList<>(wanted.size());
    for (MappedDisk disk : wanted) {
      DeviceNumber device = disk.volume().device();
      Connection connection = new Connection(disk.domain().domid(), disk.disk().handle(), device);
      SoleUse known = uses.get(connection);
      SoleUse use = known == null ? new SoleUse(disk.workers().size()) : known;
      next.put(connection, use);
      made.add(new DiskSource(disk, device != null && shared.contains(device), use, files));
    }
    uses = next;
    disks = List.copyOf(wanted);
    sources = List.copyOf(made);
    return sources;
  }

  /**
   * Devices that serve more than one disk according to the mapping: directly or below other
   * volumes.
   */
  private static Set<DeviceNumber> shared(List<MappedDisk> disks) {
    Set<DeviceNumber> once = new HashSet<>();
    Set<DeviceNumber> shared = new HashSet<>();
    for (MappedDisk disk : disks) {
      DeviceNumber device = disk.volume().device();
      if (device != null && !once.add(device)) {
        shared.add(device);
      }
    }
    for (MappedDisk disk : disks) {
      for (PhysicalDevice below : disk.physical()) {
        if (once.contains(below.device()) && !below.device().equals(disk.volume().device())) {
          shared.add(below.device());
        }
      }
    }
    return shared;
  }
}
