package io.blkwarden.agent.mapping;

import io.blkwarden.model.DeviceNumber;
import io.blkwarden.model.DomainRef;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MappingState;
import io.blkwarden.model.PhysicalDevice;
import io.blkwarden.model.Volume;
import io.blkwarden.model.VolumeRole;
import io.blkwarden.model.message.MappingEvent.DeviceAdded;
import io.blkwarden.model.message.MappingEvent.DeviceRemoved;
import io.blkwarden.model.message.MappingEvent.DiskAttached;
import io.blkwarden.model.message.MappingEvent.DiskChanged;
import io.blkwarden.model.message.MappingEvent.DiskDetached;
import io.blkwarden.model.message.MappingEvent.DomainStarted;
import io.blkwarden.model.message.MappingEvent.DomainStopped;
import io.blkwarden.model.message.MappingEvent.WorkersChanged;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The ordered changes from one mapping to the next: removals, then additions, then changes. A
 * reader never sees a disk without its domain, nor two devices with one number.
 *
 * <p>A domain with the same UUID and another domid is a new incarnation: the old one stopped and
 * the new one started. Changes of workers' priorities alone are ignored.
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

    missing(oldDisks, disks)
        .forEach(disk -> changes.add(origin -> new DiskDetached(origin, detached(disk))));
    missing(oldDomains, domains)
        .forEach(domain -> changes.add(origin -> new DomainStopped(origin, domain)));
    oldDevices.forEach((number, volume) -> {
      Volume now = devices.get(number);
      if (now == null || !Objects.equals(now.dmUuid(), volume.dmUuid())) {
        changes.add(origin -> new DeviceRemoved(origin, volume));
      }
    });
    devices.forEach((number, volume) -> {
      if (!volume.equals(oldDevices.get(number))) {
        changes.add(origin -> new DeviceAdded(origin, volume));
      }
    });
    missing(domains, oldDomains)
        .forEach(domain -> changes.add(origin -> new DomainStarted(origin, domain)));
    missing(disks, oldDisks).forEach(disk -> changes.add(origin -> new DiskAttached(origin, disk)));
    disks.forEach((key, disk) -> {
      MappedDisk before = oldDisks.get(key);
      if (before != null && !served(before).equals(served(disk))) {
        changes.add(origin -> new WorkersChanged(origin, disk));
      }
      List<String> what = before == null ? List.of() : differences(before, disk);
      if (!what.isEmpty()) {
        changes.add(origin -> new DiskChanged(origin, disk, what));
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

  private static <K, V> List<V> missing(Map<K, V> from, Map<K, V> to) {
    return from.entrySet().stream()
        .filter(entry -> !to.containsKey(entry.getKey()))
        .map(Map.Entry::getValue)
        .toList();
  }

  private static MappedDisk detached(MappedDisk disk) {
    return disk.withWorkers(MappingState.GONE, null, List.of());
  }

  /** A disk's state, reason and workers without their priorities. */
  private static List<Object> served(MappedDisk disk) {
    Stream<Object> workers =
        disk.workers().stream()
            .map(w -> Arrays.asList(w.kind(), w.ring(), w.id(), w.comm(), w.proof()));
    return Stream.concat(Stream.of(disk.state(), Optional.ofNullable(disk.reason())), workers)
        .toList();
  }

  /** Other changed parts, as named in the event. */
  private static List<String> differences(MappedDisk old, MappedDisk now) {
    List<String> what = new ArrayList<>();
    addUnless(what, "domain", old.domain().equals(now.domain()));
    addUnless(what, "mode", old.disk().equals(now.disk()));
    addUnless(what, "volume", withoutRole(old.volume()).equals(withoutRole(now.volume())));
    addUnless(
        what,
        "role",
        old.volume().role() == now.volume().role()
            && Objects.equals(old.volume().roleBy(), now.volume().roleBy()));
    boolean sameDevices = numbers(old).equals(numbers(now));
    addUnless(what, "devices", sameDevices);
    addUnless(what, "scheduler", !sameDevices || old.physical().equals(now.physical()));
    addUnless(what, "labels", old.domainLabels().equals(now.domainLabels()));
    return what;
  }

  private static void addUnless(List<String> what, String word, boolean same) {
    if (!same) {
      what.add(word);
    }
  }

  private static Volume withoutRole(Volume v) {
    return new Volume(
        v.path(), v.device(), v.dm(), v.dmName(), v.dmUuid(), VolumeRole.DATA, null, v.cached());
  }

  private static List<DeviceNumber> numbers(MappedDisk disk) {
    return disk.physical().stream().map(PhysicalDevice::device).toList();
  }
}
