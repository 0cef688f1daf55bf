package io.blkwarden.agent.sim;

import io.blkwarden.agent.probe.KernelFiles;
import io.blkwarden.agent.probe.Reading;
import io.blkwarden.agent.throttle.IoPriorities;
import io.blkwarden.agent.xenstore.XenStore;
import io.blkwarden.model.HostId;
import io.blkwarden.model.IoPriority;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/**
 * A simulated dom0 with one physical disk and guests that each have a root and a swap disk.
 *
 * <p>What it shows is what a real one shows where blkwarden looks: files below {@code proc} and
 * {@code sys}, a xenstore tree, and I/O priorities of its blkback threads. Its disks follow {@link
 * SimulatedDevice}. Time passes when it is read. Safe for use by several threads.
 */
public final class SimulatedHost implements KernelFiles, XenStore, IoPriorities {
  private static final long MOST_CATCH_UP_MILLIS = 60_000;

  private final HostId host;
  private final LongSupplier monotonicMillis;
  private final SimulatedDevice device;
  private final FileTree files = new FileTree();
  private final NavigableMap<String, String> store = new TreeMap<>();
  private final Map<Integer, SimulatedDisk> diskOfThread = new HashMap<>();
  private final Map<Integer, IoPriority> priorityOfThread = new HashMap<>();
  private final Map<String, SimulatedDisk> swapOfGuest = new TreeMap<>();
  private long advancedTo;
  private double waitedMicros;

  /**
   * A calm host.
   *
   * @param spec its name, guests, scheduler and speed
   * @param monotonicMillis clock that drives the model, in ms
   */
  public SimulatedHost(HostSpec spec, LongSupplier monotonicMillis) {
    this.host = spec.host();
    this.monotonicMillis = monotonicMillis;
    this.advancedTo = monotonicMillis.getAsLong();
    this.device = new SimulatedDevice(spec.order(), spec.iosPerSecond());
    new HostLayout(spec, files, store, device, this::uptimeSeconds, () -> waitedMicros).build(this);
  }

  /** Its name. */
  public HostId host() {
    return host;
  }

  /** Names of its guests, in order. */
  public List<String> guests() {
    return List.copyOf(swapOfGuest.keySet());
  }

  /** Lets a guest run out of memory and swap, or stops that. */
  public synchronized void storm(String guest, boolean on) {
    advance();
    SimulatedDisk swap = swapOfGuest.get(guest);
    if (swap == null) {
      throw new IllegalArgumentException("guest: expected one of " + guests() + ", found " + guest);
    }
    swap.storm(on);
  }

  /** Adds a guest's disk and the threads that serve it. */
  void register(String guest, boolean isSwap, SimulatedDisk disk, List<Integer> threads) {
    device.add(disk);
    if (isSwap) {
      swapOfGuest.put(guest, disk);
    }
    for (int pid : threads) {
      diskOfThread.put(pid, disk);
      priorityOfThread.put(pid, IoPriority.UNSET);
    }
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
  public synchronized Reading<String> read(String path) {
    if (path.startsWith("/")) {
      String value = store.get(path);
      return value == null ? Reading.absent(path) : Reading.present(value);
    }
    advance();
    return files.read(path);
  }

  @Override
  public synchronized Reading<List<String>> list(String dir) {
    return files.list(dir);
  }

  @Override
  public synchronized Reading<String> link(String path) {
    return files.link(path);
  }

  @Override
  public synchronized Reading<List<String>> directory(String path) {
    String prefix = path + "/";
    List<String> names =
        store.subMap(prefix, true, prefix + Character.MAX_VALUE, false).keySet().stream()
            .map(key -> key.substring(prefix.length()))
            .map(rest -> rest.contains("/") ? rest.substring(0, rest.indexOf('/')) : rest)
            .distinct()
            .toList();
    return names.isEmpty() && !store.containsKey(path)
        ? Reading.absent(path)
        : Reading.present(names);
  }

  @Override
  public Optional<String> watch(String path, String token) {
    return Optional.empty();
  }

  @Override
  public synchronized Reading<IoPriority> get(int pid) {
    IoPriority priority = priorityOfThread.get(pid);
    return priority == null ? Reading.absent("task " + pid) : Reading.present(priority);
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
        diskOfThread.entrySet().stream()
            .filter(entry -> entry.getValue() == disk)
            .allMatch(entry -> priority.equals(priorityOfThread.get(entry.getKey())));
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
