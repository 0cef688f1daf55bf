package io.blkwarden.agent.scan;

import io.blkwarden.agent.backend.blkback.BlkbackThreads;
import io.blkwarden.agent.backend.blkback.BlkbackThreads.BlkbackThread;
import io.blkwarden.agent.kernel.DmDevice;
import io.blkwarden.agent.kernel.KernelFiles;
import io.blkwarden.agent.kernel.KernelRelease;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.kernel.TaskIo;
import io.blkwarden.agent.kernel.Uptime;
import io.blkwarden.agent.lease.IoPriorities;
import io.blkwarden.agent.mapping.Backend;
import io.blkwarden.agent.mapping.DeviceStack;
import io.blkwarden.agent.mapping.HostSnapshot;
import io.blkwarden.agent.mapping.HostSnapshot.HostThread;
import io.blkwarden.agent.mapping.HostSnapshot.ObservedBio;
import io.blkwarden.agent.mapping.UntruncatedNames;
import io.blkwarden.agent.xenstore.LabelTree;
import io.blkwarden.agent.xenstore.XenStore;
import io.blkwarden.model.DeviceNumber;
import io.blkwarden.model.DomainRef;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads a whole host into a {@link HostSnapshot}, in the order that the proofs rest on.
 *
 * <p>What cannot be read is left out and noted, never guessed. A scan changes nothing.
 */
public final class HostScanner {
  private final KernelFiles files;
  private final XenStore store;
  private final IoPriorities priorities;
  private final Supplier<OptionalLong> deviceChanges;
  private @Nullable ScanCache<List<Backend>> keptBackends;
  private @Nullable ScanCache<Map<String, DmDevice>> keptDevices;

  /**
   * A scanner of one host.
   *
   * @param files the kernel's files
   * @param store the host's xenstore
   * @param priorities the I/O priorities of its tasks
   */
  public HostScanner(KernelFiles files, XenStore store, IoPriorities priorities) {
    this(files, store, priorities, OptionalLong::empty);
  }

  /**
   * A scanner of one host, which is told of changes; not safe for use by several threads.
   *
   * @param files the kernel's files
   * @param store the host's xenstore
   * @param priorities the I/O priorities of its tasks
   * @param deviceChanges a number that stays the same while no block device comes, goes or changes;
   *     empty when that is not known
   */
  public HostScanner(
      KernelFiles files,
      XenStore store,
      IoPriorities priorities,
      Supplier<OptionalLong> deviceChanges) {
    this.files = files;
    this.store = store;
    this.priorities = priorities;
    this.deviceChanges = deviceChanges;
  }

  /**
   * Reads the host once.
   *
   * @param bios drains what was traced since the scan before
   */
  public HostSnapshot scan(Supplier<List<ObservedBio>> bios) {
    ScanFaults notes = new ScanFaults();
    Uptime read = notes.value(Uptime.PATH, Uptime.read(files), true);
    Long uptime = read == null ? null : read.ticks();
    List<ObservedBio> seen = bios.get();
    KernelRelease kernel = notes.value(KernelRelease.PATH, KernelRelease.read(files), false);
    List<DomainRef> domains = DomainScan.read(store, notes);
    Map<UUID, Map<String, String>> labels = labels(domains, notes);
    BackendScan backendScan = new BackendScan(files, store, notes, uptime, keptBackends);
    List<Backend> nodes = backendScan.begin();
    List<BlkbackThread> named = blkback(notes);
    boolean counted =
        !UntruncatedNames.areSufficient(named.stream().map(BlkbackThread::name).toList(), nodes);
    if (counted) {
      backendScan.countBefore();
      named = blkback(notes);
    }
    List<HostThread> threads = threads(notes, named, counted);
    List<Backend> nodesNow = backendScan.end();
    List<DmDevice> dmDevices = dmDevices(notes, uptime);
    List<Backend> backends = new NamedVolumes(files, dmDevices).find(nodesNow);
    StackScan stackScan = new StackScan(files, notes, dmDevices);
    List<DeviceStack> stacks = stackScan.read(devices(backends));
    Map<String, DeviceStack> fileStacks = stackScan.readFiles(filesOf(backends));
    keptBackends = backendScan.kept();
    return new HostSnapshot(
        kernel,
        uptime,
        domains,
        backends,
        threads,
        dmDevices,
        stacks,
        fileStacks,
        seen,
        labels,
        notes.all());
  }

  private Map<UUID, Map<String, String>> labels(List<DomainRef> domains, ScanFaults notes) {
    Set<UUID> uuids = domains.stream().map(DomainRef::uuid).collect(Collectors.toSet());
    LabelTree found = notes.value(LabelTree.ROOT, LabelTree.read(store, uuids), true);
    if (found == null) {
      return Map.of();
    }
    found.ignored().forEach(each -> notes.noted(each.path(), each.reason(), false));
    return found.labels();
  }

  private List<BlkbackThread> blkback(ScanFaults notes) {
    BlkbackThreads found = notes.value("proc", BlkbackThreads.read(files), true);
    if (found == null) {
      return List.of();
    }
    found.firstFault().ifPresent(fault -> notes.noted("proc", fault, true));
    return found.blkback();
  }

  private List<HostThread> threads(ScanFaults notes, List<BlkbackThread> named, boolean counted) {
    List<HostThread> threads = new ArrayList<>(named.size());
    for (BlkbackThread thread : named) {
      int pid = thread.id().pid();
      // The unit gives no right to read it unless a drop-in does: without it other proofs decide.
      TaskIo io = counted ? TaskIo.read(files, pid).toOptional().orElse(null) : null;
      threads.add(
          new HostThread(
              thread.id(),
              thread.name(),
              io == null ? null : io.readBytes(),
              notes.value("priority of " + pid, priorities.get(pid), false)));
    }
    return threads;
  }

  private List<DmDevice> dmDevices(ScanFaults notes, @Nullable Long uptime) {
    OptionalLong mark = deviceChanges.get(); // first, so that what comes now is read next time
    Map<String, DmDevice> same = ScanCache.still(keptDevices, mark, uptime);
    Map<String, DmDevice> devices = new LinkedHashMap<>();
    List<String> names = notes.value("sys/block", DmDevice.names(files), false);
    for (String name : names == null ? List.<String>of() : names) {
      DmDevice before = same == null ? null : same.get(name);
      ReadResult<DmDevice> now =
          before == null ? DmDevice.read(files, name) : before.refresh(files);
      DmDevice device = notes.value("sys/block/" + name, now, false);
      if (device != null) {
        devices.put(name, device);
      }
    }
    if (same == null) {
      keptDevices =
          mark.isPresent() && uptime != null && notes.all().isEmpty()
              ? new ScanCache<>(mark.getAsLong(), uptime, devices)
              : null;
    }
    return List.copyOf(devices.values());
  }

  private static Set<String> filesOf(List<Backend> backends) {
    Set<String> all = new LinkedHashSet<>();
    for (Backend backend : backends) {
      String params = backend.params();
      if (params != null && backend.kernelDevice() == null && backend.nodeDevice() == null) {
        all.add(params);
      }
    }
    return all;
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
