package io.blkwarden.agent.scan;

import io.blkwarden.agent.backend.BackendTypes;
import io.blkwarden.agent.backend.blkback.BlkbackThread;
import io.blkwarden.agent.backend.tapdisk.TapdiskProcess;
import io.blkwarden.agent.backend.type.BackendParams;
import io.blkwarden.agent.backend.type.DiskProcess;
import io.blkwarden.agent.backend.type.DiskProcesses;
import io.blkwarden.agent.kernel.DmDevice;
import io.blkwarden.agent.kernel.KernelFiles;
import io.blkwarden.agent.kernel.KernelRelease;
import io.blkwarden.agent.kernel.ProcFiles;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.kernel.TaskStat;
import io.blkwarden.agent.kernel.TaskStats;
import io.blkwarden.agent.lease.IoPriorities;
import io.blkwarden.agent.mapping.Backend;
import io.blkwarden.agent.mapping.DeviceStack;
import io.blkwarden.agent.mapping.HostSnapshot;
import io.blkwarden.agent.mapping.HostSnapshot.HostThread;
import io.blkwarden.agent.mapping.HostSnapshot.ObservedBio;
import io.blkwarden.agent.xenstore.LabelTree;
import io.blkwarden.agent.xenstore.XenStore;
import io.blkwarden.model.BackendKind;
import io.blkwarden.model.DeviceNumber;
import io.blkwarden.model.DomainRef;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads a host into a {@link HostSnapshot}, in the order that the proofs require.
 *
 * <p>Unreadable sources are skipped and recorded. A scan is read-only.
 */
public final class HostScanner {
  private final KernelFiles files;
  private final XenStore store;
  private final IoPriorities priorities;
  private final Supplier<OptionalLong> deviceChanges;
  private @Nullable ScanCache<List<Backend>> cachedBackends;
  private @Nullable ScanCache<Map<String, DmDevice>> cachedDevices;

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
   * A scanner that caches what has not changed; not thread-safe.
   *
   * @param files the kernel's files
   * @param store the host's xenstore
   * @param priorities the I/O priorities of its tasks
   * @param deviceChanges a counter that is constant while no block device is added, removed or
   *     changed; empty when unknown
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
   * @param bios drains the bios traced since the previous scan
   */
  public HostSnapshot scan(Supplier<List<ObservedBio>> bios) {
    ScanFaults faults = new ScanFaults();
    Long uptime = faults.value(ProcFiles.UPTIME, ProcFiles.uptimeTicks(files), true);
    List<ObservedBio> seen = bios.get();
    KernelRelease kernel = faults.value(KernelRelease.PATH, KernelRelease.read(files), false);
    List<DomainRef> domains = DomainScan.read(store, faults);
    Map<UUID, Map<String, String>> labels = labels(domains, faults);
    BackendScan backendScan = new BackendScan(files, store, faults, uptime, cachedBackends);
    List<Backend> nodes = backendScan.begin();
    List<TaskStat> tasks = tasks(faults);
    List<BlkbackThread> named = BlkbackThread.among(tasks);
    boolean counted =
        !HostSnapshot.untruncatedNamesSuffice(
            named.stream().map(BlkbackThread::name).toList(), nodes);
    if (counted) {
      backendScan.countBefore();
      tasks = tasks(faults);
      named = BlkbackThread.among(tasks);
    }
    List<HostThread> threads = threads(faults, named, counted);
    List<Backend> nodesNow = backendScan.end();
    List<DmDevice> dmDevices = dmDevices(faults, uptime);
    StackScan stackScan = new StackScan(files, faults, dmDevices);
    List<Backend> backends = served(stackScan.withNamedDevices(nodesNow), tasks, faults);
    Set<DeviceNumber> devices = new LinkedHashSet<>();
    Set<String> paths = new LinkedHashSet<>();
    for (Backend backend : backends) {
      DeviceNumber device = backend.device();
      String params = backend.params();
      if (device != null) {
        devices.add(device);
      } else if (params != null) {
        paths.add(params);
      }
    }
    List<DeviceStack> stacks = stackScan.read(devices);
    Map<String, DeviceStack> fileStacks = stackScan.readFiles(paths);
    cachedBackends = backendScan.cache();
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
        faults.all());
  }

  private Map<UUID, Map<String, String>> labels(List<DomainRef> domains, ScanFaults faults) {
    Set<UUID> uuids = domains.stream().map(DomainRef::uuid).collect(Collectors.toSet());
    LabelTree found = faults.value(LabelTree.ROOT, LabelTree.read(store, uuids), true);
    if (found == null) {
      return Map.of();
    }
    found.ignored().forEach(each -> faults.add(each.path(), each.reason(), false));
    return found.labels();
  }

  private List<TaskStat> tasks(ScanFaults faults) {
    TaskStats found = faults.value("proc", TaskStats.read(files), true);
    if (found == null) {
      return List.of();
    }
    found.firstFault().ifPresent(fault -> faults.add("proc", fault, true));
    return found.all();
  }

  /** The backends with the processes that serve them, where processes do. */
  private List<Backend> served(List<Backend> backends, List<TaskStat> tasks, ScanFaults faults) {
    DiskProcesses.Found processes = BackendTypes.processes(files, priorities::get).among(tasks);
    processes.fault().ifPresent(fault -> faults.add("proc", fault, false));
    OptionalInt tapdevs = TapdiskProcess.tapdevMajor(files);
    return backends.stream().map(backend -> served(backend, processes, tapdevs)).toList();
  }

  private static Backend served(
      Backend backend, DiskProcesses.Found processes, OptionalInt tapdevs) {
    DeviceNumber device = backend.device();
    String file = backend.params() == null ? null : BackendParams.file(backend.params());
    List<DiskProcess> by =
        processes.all().stream()
            .filter(process -> process.serves(backend.id(), device, file))
            .toList();
    boolean needsProcess =
        backend.kind() == BackendKind.VBD3
            || (device != null && OptionalInt.of(device.major()).equals(tapdevs));
    return needsProcess || !by.isEmpty()
        ? backend.servedBy(
            new Backend.Served(
                by,
                processes.fault().isEmpty(),
                by.size() == 1 ? by.getFirst().image(device, file).orElse(null) : null))
        : backend;
  }

  private List<HostThread> threads(ScanFaults faults, List<BlkbackThread> named, boolean counted) {
    List<HostThread> threads = new ArrayList<>(named.size());
    for (BlkbackThread thread : named) {
      int pid = thread.id().pid();
      // needs ptrace rights, which the unit lacks by default; other proofs then apply.
      threads.add(
          new HostThread(
              thread.id(),
              thread.name(),
              counted ? ProcFiles.readBytes(files, pid).toOptional().orElse(null) : null,
              faults.value("priority of " + pid, priorities.get(pid), false)));
    }
    return threads;
  }

  private List<DmDevice> dmDevices(ScanFaults faults, @Nullable Long uptime) {
    OptionalLong mark =
        deviceChanges.get(); // first, so that later changes are read by the next scan
    Map<String, DmDevice> same = ScanCache.valueIfValid(cachedDevices, mark, uptime);
    Map<String, DmDevice> devices = new LinkedHashMap<>();
    List<String> names = faults.value("sys/block", DmDevice.names(files), false);
    for (String name : names == null ? List.<String>of() : names) {
      DmDevice before = same == null ? null : same.get(name);
      ReadResult<DmDevice> now =
          before == null ? DmDevice.read(files, name) : before.refresh(files);
      DmDevice device = faults.value("sys/block/" + name, now, false);
      if (device != null) {
        devices.put(name, device);
      }
    }
    if (same == null) {
      cachedDevices =
          mark.isPresent() && uptime != null && faults.all().isEmpty()
              ? new ScanCache<>(mark.getAsLong(), uptime, devices)
              : null;
    }
    return List.copyOf(devices.values());
  }
}
