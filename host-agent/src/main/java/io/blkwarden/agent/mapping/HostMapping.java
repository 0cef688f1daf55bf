package io.blkwarden.agent.mapping;

import io.blkwarden.agent.kernel.DmDevice;
import io.blkwarden.agent.mapping.MappingResolver.Resolution;
import io.blkwarden.agent.mapping.verdict.RolePatterns;
import io.blkwarden.model.DeviceNumber;
import io.blkwarden.model.DomainRef;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.PhysicalDevice;
import io.blkwarden.model.Require;
import io.blkwarden.model.Volume;
import io.blkwarden.model.message.MappingSnapshot;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The mapping of a host at one moment, the content of a {@code mapping-snapshot}.
 *
 * @param domains running guests, by domid
 * @param disks their disks, by domid and handle; in a sample, row n is disk n
 * @param devices usable device-mapper devices, by number
 * @param physical physical devices below the disks, by number, at most 256, with the verdict for
 *     the device alone; a disk's own list includes its layers in the verdict
 */
public record HostMapping(
    List<DomainRef> domains,
    List<MappedDisk> disks,
    List<Volume> devices,
    List<PhysicalDevice> physical) {
  /** The empty mapping that an agent starts with. */
  public static final HostMapping EMPTY =
      new HostMapping(List.of(), List.of(), List.of(), List.of());

  public HostMapping {
    domains = Require.list(domains, MappingSnapshot.MAX_DISKS, "domains");
    disks = Require.list(disks, MappingSnapshot.MAX_DISKS, "disks");
    devices = List.copyOf(devices);
    physical = Require.list(physical, MappingSnapshot.MAX_DEVICES, "physical");
  }

  /** The mapping of a snapshot and its resolution. Physical devices beyond 256 are dropped. */
  public static HostMapping of(HostSnapshot snapshot, Resolution resolution, RolePatterns roles) {
    Map<DeviceNumber, PhysicalDevice> physical = new TreeMap<>();
    for (DeviceStack stack : snapshot.allStacks()) {
      for (DeviceStack.Physical device : stack.physical()) {
        physical.putIfAbsent(device.device(), device.below(Set.of(), snapshot.kernel()));
      }
    }
    return new HostMapping(
        snapshot.domains().stream().sorted(Comparator.comparingInt(DomainRef::domid)).toList(),
        resolution.disks(),
        usableVolumes(snapshot, roles),
        physical.values().stream().limit(MappingSnapshot.MAX_DEVICES).toList());
  }

  /** Device-mapper devices that are not suspended. */
  private static List<Volume> usableVolumes(HostSnapshot snapshot, RolePatterns roles) {
    DiskBuilder builder = new DiskBuilder(roles);
    return snapshot.dmDevices().stream()
        .filter(device -> !device.suspended())
        .sorted(Comparator.comparing(DmDevice::number))
        .map(builder::volume)
        .toList();
  }
}
