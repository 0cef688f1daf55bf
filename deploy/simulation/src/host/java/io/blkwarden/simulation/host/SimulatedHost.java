package io.blkwarden.simulation.host;

import io.blkwarden.agent.kernel.KernelFiles;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.lease.IoPriorities;
import io.blkwarden.agent.lease.LimitGroups;
import io.blkwarden.agent.xenstore.XenStore;
import io.blkwarden.model.DeviceNumber;
import io.blkwarden.model.HostId;
import io.blkwarden.model.IoPriority;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.LongSupplier;

/**
 * A simulated dom0 with one physical disk and guests with a root and a swap disk each.
 *
 * <p>It has what the agent reads and sets on a real dom0: files below {@code proc} and {@code sys},
 * a xenstore tree, I/O priorities of blkback threads, and cgroups. {@link SimulatedDevice} models
 * the disks. The model advances when the host is read. Thread-safe.
 */
public final class SimulatedHost implements KernelFiles, XenStore, IoPriorities {
  private static final long MOST_CATCH_UP_MILLIS = 60_000;

  private final HostId host;
  private final LongSupplier monotonicMillis;
  private final SimulatedDevice device;
  private final FileTree files = new FileTree();
  private final NavigableMap<String, String> store = new TreeMap<>();
  private final Map<Integer, SimulatedDisk> diskOfThread = new HashMap<>();
  private final NavigableMap<Integer, TrueWorker> workers = new TreeMap<>();
  private final Map<Integer, IoPriority> priorityOfThread = new HashMap<>();
  private final Map<SimulatedDisk, DeviceNumber> volumes = new LinkedHashMap<>();
  private final SimulatedGroups groups = new SimulatedGroups(this, this::limit);
  private final Map<String, SimulatedGuest> guests = new TreeMap<>();
  private final HostLayout layout;
  private long advancedTo;
  private double waitedMicros;

  /**
   * Creates a calm host.
   *
   * @param spec configuration of the host
   * @param monotonicMillis clock that drives the model, in ms
   */
  public SimulatedHost(HostSpec spec, LongSupplier monotonicMillis) {
    this.host = spec.host();
    this.monotonicMillis = monotonicMillis;
    this.advancedTo = monotonicMillis.getAsLong();
    this.device = new SimulatedDevice(spec.order(), spec.iosPerSecond());
    this.layout =
        new HostLayout(spec, files, store, device, this::uptimeSeconds, () -> waitedMicros);
    layout.build(this);
  }

  public HostId host() {
    return host;
  }

  /** The names of its guests, sorted. */
  public List<String> guests() {
    return List.copyOf(guests.keySet());
  }

  /** Starts or stops swapping in a guest. */
  public synchronized void storm(String guest, boolean on) {
    advance();
    guest(guest).disk(true).storm(on);
  }

  /** Destroys a guest's domain and its threads; their pids and its domid become free. */
  public synchronized void stopGuest(String guest) {
    advance();
    SimulatedGuest known = guest(guest);
    if (known.domid() != SimulatedGuest.STOPPED) {
      known.disk(true).storm(false);
      layout.stop(this, known);
    }
  }

  /** Creates a stopped guest's domain again, with the lowest free domid and pids. */
  public synchronized void startGuest(String guest) {
    advance();
    SimulatedGuest known = guest(guest);
    if (known.domid() == SimulatedGuest.STOPPED) {
      layout.start(this, known);
    }
  }

  /**
   * A task that serves a guest's disk: the ground truth of the simulated kernel.
   *
   * @param pid pid of the task
   * @param domain UUID of the guest
   * @param vdev the disk
   */
  public record TrueWorker(int pid, UUID domain, String vdev) {}

  /** All tasks that serve disks, by pid. */
  public synchronized List<TrueWorker> trueWorkers() {
    return List.copyOf(workers.values());
  }

  /** The UUID of a guest, the same across reboots. */
  public synchronized UUID domain(String guest) {
    return guest(guest).uuid();
  }

  private SimulatedGuest guest(String name) {
    SimulatedGuest known = guests.get(name);
    if (known == null) {
      throw new IllegalArgumentException(
          "guest: expected one of " + guests.keySet() + ", found " + name);
    }
    return known;
  }

  /** Adds a guest and its volumes. */
  void register(SimulatedGuest guest) {
    device.add(guest.disk(false));
    device.add(guest.disk(true));
    guests.put(guest.name(), guest);
  }

  /** Adds a task that serves a disk. */
  void born(TrueWorker worker, SimulatedDisk disk) {
    workers.put(worker.pid(), worker);
    diskOfThread.put(worker.pid(), disk);
    priorityOfThread.put(worker.pid(), IoPriority.UNSET);
    disk.priority(IoPriority.UNSET);
    groups.born(worker.pid());
    limit();
  }

  /** Sets the dm device of a disk. */
  void volume(SimulatedDisk disk, DeviceNumber device) {
    volumes.put(disk, device);
  }

  /** The cgroups of the host. */
  public LimitGroups groups() {
    return groups;
  }

  /** Whether all tasks of this task's disk are in groups that limit the disk. */
  public synchronized boolean limited(int pid) {
    SimulatedDisk disk = diskOfThread.get(pid);
    return disk != null && limitOf(disk).isPresent();
  }

  private Optional<Integer> limitOf(SimulatedDisk disk) {
    DeviceNumber device = volumes.get(disk);
    return device == null ? Optional.empty() : groups.limit(tasksOf(disk), device);
  }

  private List<Integer> tasksOf(SimulatedDisk disk) {
    return diskOfThread.entrySet().stream()
        .filter(entry -> entry.getValue() == disk)
        .map(Map.Entry::getKey)
        .toList();
  }

  /** Applies the limits of the groups to the disks. */
  private void limit() {
    advance();
    for (SimulatedDisk disk : volumes.keySet()) {
      disk.limit(limitOf(disk).map(Integer::doubleValue).orElse(Double.POSITIVE_INFINITY));
    }
  }

  /** Ends a guest's tasks; returns their pids. */
  List<Integer> died(SimulatedGuest guest) {
    List<Integer> pids =
        workers.values().stream()
            .filter(worker -> worker.domain().equals(guest.uuid()))
            .map(TrueWorker::pid)
            .toList();
    for (int pid : pids) {
      workers.remove(pid);
      diskOfThread.remove(pid);
      priorityOfThread.remove(pid);
      groups.died(pid);
    }
    limit();
    return pids;
  }

  private double uptimeSeconds() {
    return monotonicMillis.getAsLong() / 1_000.0;
  }

  private void advance() {
    long now = monotonicMillis.getAsLong();
    advancedTo = Math.max(advancedTo, now - MOST_CATCH_UP_MILLIS);
    while (advancedTo + SimulatedDevice.STEP_MILLIS <= now) {
      double before = device.busyMillis();
      device.step();
      waitedMicros += (device.busyMillis() - before) * 900;
      advancedTo += (long) SimulatedDevice.STEP_MILLIS;
    }
  }

  @Override
  public synchronized ReadResult<String> read(String path) {
    if (path.startsWith("/")) {
      String value = store.get(path);
      return value == null ? ReadResult.absent(path) : ReadResult.present(value);
    }
    advance();
    return files.read(path);
  }

  @Override
  public synchronized ReadResult<List<String>> list(String dir) {
    return files.list(dir);
  }

  @Override
  public synchronized ReadResult<String> link(String path) {
    return files.link(path);
  }

  @Override
  public synchronized ReadResult<List<String>> directory(String path) {
    String prefix = path + "/";
    List<String> names =
        store.subMap(prefix, true, prefix + Character.MAX_VALUE, false).keySet().stream()
            .map(key -> key.substring(prefix.length()))
            .map(rest -> rest.contains("/") ? rest.substring(0, rest.indexOf('/')) : rest)
            .distinct()
            .toList();
    return names.isEmpty() && !store.containsKey(path)
        ? ReadResult.absent(path)
        : ReadResult.present(names);
  }

  @Override
  public Optional<String> watch(String path, String token) {
    return Optional.empty();
  }

  @Override
  public synchronized ReadResult<IoPriority> get(int pid) {
    IoPriority priority = priorityOfThread.get(pid);
    return priority == null ? ReadResult.absent("task " + pid) : ReadResult.present(priority);
  }

  @Override
  public synchronized Optional<String> set(int pid, IoPriority priority) {
    SimulatedDisk disk = diskOfThread.get(pid);
    if (disk == null) {
      return Optional.of("no simulated task " + pid);
    }
    advance();
    priorityOfThread.put(pid, priority);
    boolean all =
        tasksOf(disk).stream().allMatch(task -> priority.equals(priorityOfThread.get(task)));
    if (all) {
      disk.priority(priority);
    }
    return Optional.empty();
  }

  @Override
  public Optional<String> restore(int pid, IoPriority recorded) {
    return set(pid, recorded);
  }
}
