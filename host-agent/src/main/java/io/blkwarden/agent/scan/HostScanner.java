package io.blkwarden.agent.scan;

import io.blkwarden.agent.mapping.Backend;
import io.blkwarden.agent.mapping.HostSnapshot;
import io.blkwarden.agent.mapping.HostThread;
import io.blkwarden.agent.mapping.SeenBio;
import io.blkwarden.agent.probe.BlkbackThread;
import io.blkwarden.agent.probe.DmDevice;
import io.blkwarden.agent.probe.KernelFiles;
import io.blkwarden.agent.probe.KernelRelease;
import io.blkwarden.agent.probe.KernelThreads;
import io.blkwarden.agent.probe.TaskIo;
import io.blkwarden.agent.probe.Uptime;
import io.blkwarden.agent.throttle.IoPriorities;
import io.blkwarden.agent.xenstore.LabelTree;
import io.blkwarden.agent.xenstore.XenStore;
import io.blkwarden.model.DeviceNumber;
import io.blkwarden.model.DomainRef;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Reads a whole host into a {@link HostSnapshot}, in the order that the proofs rest on.
 *
 * <p>What cannot be read is left out and noted, never guessed. A scan changes nothing.
 */
public final class HostScanner {
  private final KernelFiles files;
  private final XenStore store;
  private final IoPriorities priorities;

  /**
   * A scanner of one host.
   *
   * @param files the kernel's files
   * @param store the host's xenstore
   * @param priorities the I/O priorities of its tasks
   */
  public HostScanner(KernelFiles files, XenStore store, IoPriorities priorities) {
    this.files = files;
    this.store = store;
    this.priorities = priorities;
  }

  /**
   * Reads the host once.
   *
   * @param bios drains what was traced since the scan before
   */
  public HostSnapshot scan(Supplier<List<SeenBio>> bios) {
    Notes notes = new Notes();
    Uptime uptime = notes.value(Uptime.PATH, Uptime.read(files), true);
    List<SeenBio> seen = bios.get();
    KernelRelease kernel = notes.value(KernelRelease.PATH, KernelRelease.read(files), false);
    List<DomainRef> domains = DomainScan.read(store, notes);
    Map<UUID, Map<String, String>> labels = labels(domains, notes);
    BackendScan backendScan = new BackendScan(files, store, notes);
    backendScan.begin();
    List<HostThread> threads = threads(notes);
    List<Backend> backends = backendScan.end();
    List<DmDevice> dmDevices = dmDevices(notes);
    return new HostSnapshot(
        kernel,
        uptime == null ? null : uptime.ticks(),
        domains,
        backends,
        threads,
        dmDevices,
        new StackScan(files, notes, dmDevices).read(devices(backends)),
        seen,
        labels,
        notes.all());
  }

  private Map<UUID, Map<String, String>> labels(List<DomainRef> domains, Notes notes) {
    Set<UUID> uuids = domains.stream().map(DomainRef::uuid).collect(Collectors.toSet());
    LabelTree found = notes.value(LabelTree.ROOT, LabelTree.read(store, uuids), true);
    if (found == null) {
      return Map.of();
    }
    found.ignored().forEach(each -> notes.noted(each.path(), each.reason(), false));
    return found.labels();
  }

  private List<HostThread> threads(Notes notes) {
    KernelThreads found = notes.value("proc", KernelThreads.read(files), true);
    List<HostThread> threads = new ArrayList<>();
    if (found == null) {
      return threads;
    }
    found.firstFault().ifPresent(fault -> notes.noted("proc", fault, true));
    for (BlkbackThread thread : found.blkback()) {
      int pid = thread.id().pid();
      TaskIo io = notes.value("proc/" + pid + "/io", TaskIo.read(files, pid), false);
      threads.add(
          new HostThread(
              thread.id(),
              thread.name(),
              io == null ? null : io.readBytes(),
              notes.value("priority of " + pid, priorities.get(pid), false)));
    }
    return threads;
  }

  private List<DmDevice> dmDevices(Notes notes) {
    List<DmDevice> devices = new ArrayList<>();
    List<String> names = notes.value("sys/block", DmDevice.names(files), false);
    for (String name : names == null ? List.<String>of() : names) {
      DmDevice device = notes.value("sys/block/" + name, DmDevice.read(files, name), false);
      if (device != null) {
        devices.add(device);
      }
    }
    return devices;
  }

  private static Set<DeviceNumber> devices(List<Backend> backends) {
    Set<DeviceNumber> devices = new LinkedHashSet<>();
    for (Backend backend : backends) {
      DeviceNumber device = backend.kernelDevice();
      DeviceNumber either = device == null ? backend.nodeDevice() : device;
      if (either != null) {
        devices.add(either);
      }
    }
    return devices;
  }
}
