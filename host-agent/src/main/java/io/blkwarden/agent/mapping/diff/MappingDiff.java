package io.blkwarden.agent.mapping.diff;

import io.blkwarden.model.DeviceNumber;
import io.blkwarden.model.DomainRef;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MappingState;
import io.blkwarden.model.Volume;
import io.blkwarden.model.Worker;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What changed from one map to the next, in an order in which a reader never sees a disk without
 * its domain, nor two devices under one number: what ended first, then what began, then what is
 * different.
 *
 * <p>A domain with the same UUID and another domid is another incarnation: the old one stopped and
 * the new one started. A change of nothing but workers' priorities is none.
 */
public final class MappingDiff {
  private record Incarnation(UUID uuid, int domid) {}

  private record Attachment(Incarnation domain, int handle, String vdev) {}

  private MappingDiff() {}

  /** The changes from {@code old} to {@code next}, in order. */
  public static List<MappingChange> between(HostMapping old, HostMapping next) {
    List<MappingChange> changes = new ArrayList<>();
    Map<Incarnation, DomainRef> oldDomains = index(old.domains(), MappingDiff::incarnation);
    Map<Incarnation, DomainRef> domains = index(next.domains(), MappingDiff::incarnation);
    Map<Attachment, MappedDisk> oldDisks = index(old.disks(), MappingDiff::attachment);
    Map<Attachment, MappedDisk> disks = index(next.disks(), MappingDiff::attachment);
    Map<DeviceNumber, Volume> oldDevices = devices(old);
    Map<DeviceNumber, Volume> devices = devices(next);

    gone(oldDisks, disks).forEach(disk -> changes.add(new MappingChange.Detached(ended(disk))));
    gone(oldDomains, domains).forEach(domain -> changes.add(new MappingChange.Stopped(domain)));
    oldDevices.forEach((number, volume) -> {
      Volume now = devices.get(number);
      if (now == null || !Objects.equals(now.dmUuid(), volume.dmUuid())) {
        changes.add(new MappingChange.Removed(volume));
      }
    });
    devices.forEach((number, volume) -> {
      if (!volume.equals(oldDevices.get(number))) {
        changes.add(new MappingChange.Added(volume));
      }
    });
    gone(domains, oldDomains).forEach(domain -> changes.add(new MappingChange.Started(domain)));
    gone(disks, oldDisks).forEach(disk -> changes.add(new MappingChange.Attached(disk)));
    disks.forEach((key, disk) -> {
      MappedDisk before = oldDisks.get(key);
      if (before != null && !withoutPriorities(before).equals(withoutPriorities(disk))) {
        changes.add(new MappingChange.Changed(disk));
      }
    });
    return List.copyOf(changes);
  }

  private static Incarnation incarnation(DomainRef domain) {
    return new Incarnation(domain.uuid(), domain.domid());
  }

  private static Attachment attachment(MappedDisk disk) {
    return new Attachment(incarnation(disk.domain()), disk.disk().handle(), disk.disk().vdev());
  }

  private static Map<DeviceNumber, Volume> devices(HostMapping mapping) {
    Map<DeviceNumber, Volume> devices = new LinkedHashMap<>();
    for (Volume volume : mapping.devices()) {
      DeviceNumber number = volume.device();
      if (number != null) {
        devices.put(number, volume);
      }
    }
    return devices;
  }

  private static <K, V> Map<K, V> index(List<V> values, Function<V, K> key) {
    return values.stream()
        .collect(Collectors.toMap(key, value -> value, (first, _) -> first, LinkedHashMap::new));
  }

  private static <K, V> List<V> gone(Map<K, V> from, Map<K, V> to) {
    return from.entrySet().stream()
        .filter(entry -> !to.containsKey(entry.getKey()))
        .map(Map.Entry::getValue)
        .toList();
  }

  private static MappedDisk ended(MappedDisk disk) {
    return disk.served(MappingState.GONE, null, List.of());
  }

  private static MappedDisk withoutPriorities(MappedDisk disk) {
    List<Worker> workers =
        disk.workers().stream()
            .map(worker ->
                new Worker(
                    worker.kind(),
                    worker.ring(),
                    worker.pid(),
                    worker.startTicks(),
                    worker.comm(),
                    null,
                    worker.proof()))
            .toList();
    return disk.served(disk.state(), disk.reason(), workers);
  }
}
