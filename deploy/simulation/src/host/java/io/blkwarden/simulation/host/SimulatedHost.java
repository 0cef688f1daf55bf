package io.blkwarden.simulation.host;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.blkwarden.agent.kernel.KernelFiles;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.lease.IoPriorities;
import io.blkwarden.agent.lease.LimitGroups;
import io.blkwarden.agent.xenstore.XenStore;
import io.blkwarden.model.DeviceNumber;
import io.blkwarden.model.HostId;
import io.blkwarden.model.IoPriority;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * A simulated dom0 with one physical disk and guests with a root and a swap disk each. Every second
 * guest has two rings per disk.
 *
 * <p>It has what the agent reads and sets on a real dom0: files below {@code proc} and {@code sys},
 * a xenstore tree, I/O priorities of blkback threads, and cgroups. {@link SimulatedDevice} models
 * the disks. The model advances when the host is read. Thread-safe.
 */
public final class SimulatedHost implements KernelFiles, XenStore, IoPriorities, LimitGroups {
  private static final long MOST_CATCH_UP_MILLIS = 60_000;

  /** Share of the device that calm guests use; high enough for a swapping guest to slow them. */
  private static final double CALM_LOAD = 0.6;

  /**
   * A task that serves a guest's disk: the ground truth of the simulated kernel.
   *
   * @param pid pid of the task
   * @param domain UUID of the guest
   * @param vdev the disk
   */
  public record TrueWorker(int pid, UUID domain, String vdev) {}

  /** Called before the priority or the group of a task is changed. */
  @FunctionalInterface
  public interface TaskListener {
    /**
     * A change is about to be made.
     *
     * @param pid pid of the task
     * @param to the new priority or group
     * @param restrains whether it differs from that of a new task
     */
    void changing(int pid, String to, boolean restrains);
  }

  private static final class Task {
    final TrueWorker worker;
    final SimulatedDisk disk;
    IoPriority priority = IoPriority.UNSET;
    String group = ROOT;

    Task(TrueWorker worker, SimulatedDisk disk) {
      this.worker = worker;
      this.disk = disk;
    }
  }

  private final HostSpec spec;
  private final LongSupplier monotonicMillis;
  private final SimulatedDevice device;
  private final HostLayout layout = new HostLayout();
  private final Map<String, SimulatedGuest> guests = new TreeMap<>();
  private final NavigableMap<Integer, Task> tasks = new TreeMap<>();
  private final NavigableMap<String, Map<DeviceNumber, Integer>> limits = new TreeMap<>();
  private TaskListener listener = (_, _, _) -> {};
  private long advancedTo;

  /**
   * Creates a calm host.
   *
   * @param spec configuration of the host
   * @param monotonicMillis clock that drives the model, in ms
   */
  public SimulatedHost(HostSpec spec, LongSupplier monotonicMillis) {
    this.spec = spec;
    this.monotonicMillis = monotonicMillis;
    this.advancedTo = monotonicMillis.getAsLong();
    this.device = new SimulatedDevice(spec.order(), spec.iosPerSecond());
    layout.host(spec, device, monotonicMillis);
    double calm = spec.iosPerSecond() * CALM_LOAD / spec.guests();
    for (int n = 0; n < spec.guests(); n++) {
      String name = "vm" + (spec.firstGuest() + n);
      SimulatedGuest guest =
          new SimulatedGuest(
              name,
              UUID.nameUUIDFromBytes((spec.host() + name).getBytes(UTF_8)),
              n % 2 == 1 ? 2 : 1,
              new SimulatedDisk(1, name + "_img", 2 * n, calm, 0.7),
              new SimulatedDisk(2, name + "_swap", 2 * n + 1, 0.5, 0.5));
      guests.put(name, guest);
      for (SimulatedDisk disk : guest.disks()) {
        device.add(disk);
        layout.volume(disk);
      }
      start(guest);
    }
  }

  public HostId host() {
    return spec.host();
  }

  /** The names of its guests, sorted. */
  public List<String> guests() {
    return List.copyOf(guests.keySet());
  }

  /** The UUID of a guest, the same across reboots. */
  public UUID domain(String guest) {
    return guest(guest).uuid;
  }

  /** All tasks that serve disks, by pid. */
  public synchronized List<TrueWorker> trueWorkers() {
    return tasks.values().stream().map(task -> task.worker).toList();
  }

  /** Whether a task has another priority or group than a new one. */
  public synchronized boolean restrained(int pid) {
    Task task = tasks.get(pid);
    return task != null && (!task.priority.equals(IoPriority.UNSET) || ours(task.group));
  }

  /** Whether all tasks of this task's disk are in groups that limit the disk. */
  public synchronized boolean limited(int pid) {
    Task task = tasks.get(pid);
    return task != null && Double.isFinite(limitOf(task.disk));
  }

  /** Sets the listener for changes of tasks. */
  public void onChange(TaskListener next) {
    listener = next;
  }

  /** Starts or stops swapping in a guest. */
  public synchronized void storm(String guest, boolean on) {
    advance();
    guest(guest).swap.storm = on;
  }

  /** Destroys a guest's domain and its threads; their pids and its domid become free. */
  public synchronized void stopGuest(String name) {
    advance();
    SimulatedGuest guest = guest(name);
    if (guest.domid != SimulatedGuest.STOPPED) {
      List<Integer> pids =
          guest.disks().stream().flatMap(this::tasksOf).map(task -> task.worker.pid()).toList();
      pids.forEach(tasks::remove);
      layout.remove(guest.domid, pids);
      guest.disks().forEach(SimulatedDisk::detach);
      guest.domid = SimulatedGuest.STOPPED;
      applyLimits();
    }
  }

  /** Creates a stopped guest's domain again, with the lowest free domid and pids. */
  public synchronized void startGuest(String name) {
    advance();
    SimulatedGuest guest = guest(name);
    if (guest.domid == SimulatedGuest.STOPPED) {
      start(guest);
    }
  }

  private void start(SimulatedGuest guest) {
    guest.domid = layout.domain(guest);
    for (SimulatedDisk disk : guest.disks()) {
      for (int ring = 0; ring < guest.rings; ring++) {
        int pid = layout.thread(guest.domid + "." + disk.vdev() + "-" + ring, disk);
        tasks.put(pid, new Task(new TrueWorker(pid, guest.uuid, disk.vdev()), disk));
      }
      layout.backend(guest, disk);
      disk.attach();
    }
    applyLimits();
  }

  private SimulatedGuest guest(String name) {
    SimulatedGuest known = guests.get(name);
    if (known == null) {
      throw new IllegalArgumentException(
          "guest: expected one of " + guests.keySet() + ", found " + name);
    }
    return known;
  }

  private Stream<Task> tasksOf(SimulatedDisk disk) {
    return tasks.values().stream().filter(task -> task.disk == disk);
  }

  /**
   * The limit of all tasks of a disk together, in I/Os per second; infinite while one of them is in
   * a group without a limit.
   */
  private double limitOf(SimulatedDisk disk) {
    double sum =
        tasksOf(disk)
            .map(task -> task.group)
            .distinct()
            .map(group -> limits.getOrDefault(group, Map.of()).get(disk.number()))
            .mapToDouble(limit -> limit == null ? Double.POSITIVE_INFINITY : limit)
            .sum();
    return sum > 0 ? sum : Double.POSITIVE_INFINITY;
  }

  private void applyLimits() {
    advance();
    guests.values().stream()
        .flatMap(guest -> guest.disks().stream())
        .forEach(disk -> disk.limit(limitOf(disk)));
  }

  private void advance() {
    long now = monotonicMillis.getAsLong();
    advancedTo = Math.max(advancedTo, now - MOST_CATCH_UP_MILLIS);
    while (advancedTo + SimulatedDevice.STEP_MILLIS <= now) {
      device.step();
      advancedTo += (long) SimulatedDevice.STEP_MILLIS;
    }
  }

  @Override
  public synchronized ReadResult<String> read(String path) {
    advance();
    return layout.read(path);
  }

  @Override
  public synchronized ReadResult<List<String>> list(String dir) {
    return layout.list(dir);
  }

  @Override
  public synchronized ReadResult<String> link(String path) {
    return layout.target(path);
  }

  @Override
  public ReadResult<List<String>> directory(String path) {
    return list(path);
  }

  private <T> ReadResult<T> ofTask(int pid, Function<Task, T> value) {
    Task task = tasks.get(pid);
    return task == null ? ReadResult.absent("task " + pid) : ReadResult.present(value.apply(task));
  }

  @Override
  public synchronized ReadResult<IoPriority> get(int pid) {
    return ofTask(pid, task -> task.priority);
  }

  @Override
  public synchronized Optional<String> set(int pid, IoPriority priority) {
    listener.changing(pid, priority.toString(), !priority.equals(IoPriority.UNSET));
    Task task = tasks.get(pid);
    if (task == null) {
      return Optional.of("no simulated task " + pid);
    }
    advance();
    task.priority = priority;
    if (tasksOf(task.disk).allMatch(each -> each.priority.equals(priority))) {
      task.disk.priority = priority;
    }
    return Optional.empty();
  }

  @Override
  public Optional<String> restore(int pid, IoPriority recorded) {
    return set(pid, recorded);
  }

  private static boolean ours(String group) {
    return group.startsWith(TOP + "/");
  }

  @Override
  public Optional<String> unavailable() {
    return Optional.empty();
  }

  @Override
  public synchronized ReadResult<String> groupOf(int pid) {
    return ofTask(pid, task -> task.group);
  }

  @Override
  public synchronized Optional<String> limit(String group, DeviceNumber of, int perSecond) {
    limits.computeIfAbsent(group, _ -> new HashMap<>()).put(of, perSecond);
    applyLimits();
    return Optional.empty();
  }

  @Override
  public synchronized ReadResult<Integer> limitOf(String group, DeviceNumber of) {
    Integer limit = limits.getOrDefault(group, Map.of()).get(of);
    return limit == null ? ReadResult.absent(group) : ReadResult.present(limit);
  }

  @Override
  public synchronized Optional<String> move(int pid, String group) {
    listener.changing(pid, group, ours(group));
    Task task = tasks.get(pid);
    if (task == null || !(group.equals(ROOT) || limits.containsKey(group))) {
      return Optional.of("no simulated " + (task == null ? "task " + pid : "group " + group));
    }
    task.group = group;
    applyLimits();
    return Optional.empty();
  }

  @Override
  public synchronized Optional<String> remove(String group) {
    tasks.values().stream()
        .filter(task -> task.group.equals(group))
        .forEach(task -> task.group = ROOT);
    limits.remove(group);
    applyLimits();
    return Optional.empty();
  }

  @Override
  public synchronized ReadResult<List<String>> groups() {
    return ReadResult.present(List.copyOf(limits.keySet()));
  }
}
