package io.blkwarden.agent.mapping;

import io.blkwarden.agent.backend.blkback.BlkbackName;
import io.blkwarden.agent.kernel.KernelRelease;
import io.blkwarden.agent.mapping.HostSnapshot.HostThread;
import io.blkwarden.agent.mapping.HostSnapshot.ObservedBio;
import io.blkwarden.agent.mapping.verdict.ActuatorVerdict.Layer;
import io.blkwarden.model.BackendKind;
import io.blkwarden.model.DeviceNumber;
import io.blkwarden.model.DomainRef;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.Worker;
import io.blkwarden.model.WorkerId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A simulated host that follows the rules of blkback and knows which thread serves which disk.
 *
 * <p>It keeps the kernel's guarantees: state 4 before the threads, all of a disk's threads gone
 * before another disk takes its place, counters that start at 0 with the threads, bios seen on each
 * level. Otherwise it is adversarial: twins with truncated names, reuse of domids, pids and
 * devices, leftover threads, guests with wrong ring numbers, and I/O during a scan.
 */
final class SimulatedHost {
  /** Naming schemes of kernels. */
  enum Naming {
    SINGLE,
    RING_CUT,
    RING_FULL
  }

  /** Whether backends publish pids. */
  enum Keys {
    NONE,
    FLAT,
    BY_RING
  }

  private static final int[] DOMIDS = {1, 3, 9, 37, 38, 123, 1234, 12345};
  private static final String[] DEVS = {
    "xvda1", "xvda2", "xvda12", "xvda", "xvdb1", "/dev/xvdb2", "sda1", "268439552", "2684395521"
  };
  private static final int PIDS = 40;

  /** A thread and the disk that it serves. */
  private static final class Task {
    final WorkerId id;
    final String comm;
    final @Nullable Disk serves;
    final int ring;
    long readBytes;

    Task(WorkerId id, String comm, Disk serves, int ring) {
      this.id = id;
      this.comm = comm;
      this.serves = serves;
      this.ring = ring;
    }
  }

  /** A disk from attach to detach. */
  private static final class Disk {
    final int domid;
    final int handle;
    final String dev;
    final DeviceNumber device;
    final int maxQueues;
    int rings;
    int state = 2;
    @Nullable Integer hint;
    long readSectors;
    long writtenSectors;
    final List<Task> threads = new ArrayList<>();

    Disk(int domid, int handle, String dev, DeviceNumber device, int rings, int maxQueues) {
      this.domid = domid;
      this.handle = handle;
      this.dev = dev;
      this.device = device;
      this.rings = rings;
      this.maxQueues = maxQueues;
    }

    boolean served() {
      return state == 4 && threads.size() == rings;
    }
  }

  private final SplittableRandom random;
  private final Naming naming;
  private final Keys keys;
  private final Map<Integer, UUID> domains = new LinkedHashMap<>();
  private final List<Disk> disks = new ArrayList<>();
  private final Map<Integer, Task> tasks = new LinkedHashMap<>();
  private final Map<DeviceNumber, Set<DeviceNumber>> below = new HashMap<>();
  private final List<ObservedBio> bios = new ArrayList<>();
  private Set<DeviceNumber> traced = Set.of();
  private long ticks = 100_000;
  private int incarnations;
  private int lastFreedPid = 300;

  SimulatedHost(SplittableRandom random) {
    this.random = random;
    this.naming = Naming.values()[random.nextInt(3)];
    this.keys = Keys.values()[random.nextInt(5) % 3];
    // Stacked volumes: 253:40 is on 253:1, so its I/O shows on both.
    below.put(device(40), Set.of(device(1)));
  }

  private static DeviceNumber device(int minor) {
    return new DeviceNumber(253, minor);
  }

  /** One random event. */
  void churn() {
    ticks += random.nextInt(1, 300);
    switch (random.nextInt(20)) {
      case 0, 1, 2 -> startDomain();
      case 3 -> stopDomain();
      case 4, 5 -> attach();
      case 6 -> any(disks).forEach(disk -> end(disk, random.nextInt(3) == 0));
      case 7, 8, 9, 10 -> any(disks).forEach(this::connectFurther);
      case 11 -> any(disks).forEach(this::reconnect);
      case 12 -> any(disks).forEach(disk -> reconnectDomain(disk.domid));
      case 13 -> any(disks).forEach(disk -> disk.hint = random.nextInt(1, 70));
      case 14 -> reapLeftovers();
      default -> any(disks).forEach(this::io);
    }
  }

  /** Connects every disk and ends every leftover; guests report correct numbers from now on. */
  void settle() {
    reapLeftovers();
    for (Disk disk : List.copyOf(disks)) {
      while (!disk.served()) {
        ticks += 10;
        connectFurther(disk);
      }
    }
  }

  /** One request on each ring of each disk, then time passes. */
  void ioEverywhere() {
    ticks += 200;
    disks.forEach(disk -> disk.threads.forEach(task -> io(disk, task)));
  }

  void passTime(long moreTicks) {
    ticks += moreTicks;
  }

  void trace(Set<DeviceNumber> devices) {
    traced = devices;
  }

  private <T> List<T> any(List<T> from) {
    return from.isEmpty() ? List.of() : List.of(from.get(random.nextInt(from.size())));
  }

  private void startDomain() {
    int domid = DOMIDS[random.nextInt(DOMIDS.length)];
    boolean leftoversOfThisNumber =
        tasks.values().stream().anyMatch(task -> task.serves != null && task.serves.domid == domid);
    // Domids wrap after 32,752 domains: no thread of the previous owner is alive then.
    if (!domains.containsKey(domid) && !leftoversOfThisNumber) {
      domains.put(domid, new UUID(0x4000, 0x8000_0000_0000_0000L | ++incarnations));
      int count = random.nextInt(1, 4);
      for (int n = 0; n < count; n++) {
        attach(domid);
      }
    }
  }

  private void stopDomain() {
    any(List.copyOf(domains.keySet()))
        .forEach(domid -> {
          List.copyOf(disks).stream()
              .filter(disk -> disk.domid == domid)
              .forEach(disk -> end(disk, random.nextInt(3) == 0));
          domains.remove(domid);
        });
  }

  private void attach() {
    any(List.copyOf(domains.keySet())).forEach(this::attach);
  }

  private void attach(int domid) {
    int which = random.nextInt(DEVS.length);
    String dev = DEVS[which];
    boolean taken = disks.stream().anyMatch(disk -> disk.domid == domid && disk.handle == which);
    // Bus ids are unique: the old disk's threads have ended.
    boolean ending =
        tasks.values().stream()
            .anyMatch(task ->
                task.serves != null && task.serves.domid == domid && task.serves.handle == which);
    if (!taken && !ending) {
      DeviceNumber device =
          switch (random.nextInt(12)) {
            case 0 -> device(1);
            case 1 -> device(40);
            default -> freeDevice();
          };
      int rings = naming == Naming.SINGLE ? 1 : random.nextInt(1, 4);
      disks.add(new Disk(domid, which, dev, device, rings, 4));
    }
  }

  private DeviceNumber freeDevice() {
    for (int minor = 2; ; minor++) {
      DeviceNumber device = device(minor);
      if (minor != 40 && disks.stream().noneMatch(disk -> disk.device.equals(device))) {
        return device;
      }
    }
  }

  /** Continues the connection of a disk: first the state, then one thread after the other. */
  private void connectFurther(Disk disk) {
    if (disk.state != 4) {
      disk.state = 4;
      disk.readSectors = 0;
      disk.writtenSectors = 0;
      disk.hint = disk.rings == 1 && random.nextBoolean() ? null : Integer.valueOf(disk.rings);
      return;
    }
    int born = random.nextInt(4) == 0 ? 1 : disk.rings;
    while (disk.threads.size() < disk.rings && born-- > 0) {
      Task task = thread(disk, disk.threads.size());
      disk.threads.add(task);
    }
  }

  private Task thread(Disk disk, int ring) {
    // A released pid is reused immediately half of the time.
    int pid = random.nextBoolean() ? lastFreedPid : random.nextInt(300, 300 + PIDS);
    while (tasks.containsKey(pid)) {
      pid = 300 + (pid - 300 + 1) % (4 * PIDS);
    }
    Task task = new Task(new WorkerId(pid, ticks), comm(disk, ring), disk, ring);
    tasks.put(pid, task);
    return task;
  }

  private String comm(Disk disk, int ring) {
    String dev = disk.dev.startsWith("/dev/") ? disk.dev.substring(5) : disk.dev;
    if (naming == Naming.SINGLE) {
      return cut("blkback." + disk.domid + "." + dev);
    }
    String full = cut(disk.domid + "." + dev) + "-" + ring;
    return naming == Naming.RING_FULL ? full : cut(full);
  }

  private static String cut(String name) {
    return name.length() > 15 ? name.substring(0, 15) : name;
  }

  private void reconnect(Disk disk) {
    if (disk.state == 4) {
      disk.threads.forEach(this::exit);
      disk.threads.clear();
      disk.state = 2;
      disk.readSectors = 0;
      disk.writtenSectors = 0;
    }
  }

  /** Twins reconnect between two scans, one with the other's released pids. */
  private void reconnectDomain(int domid) {
    List<Disk> twins = disks.stream().filter(disk -> disk.domid == domid).toList();
    twins.forEach(this::reconnect);
    for (Disk disk : twins.reversed()) {
      ticks += 1;
      connectFurther(disk);
      connectFurther(disk);
    }
  }

  private void exit(Task task) {
    tasks.remove(task.id.pid());
    lastFreedPid = task.id.pid();
  }

  /** Detaches a disk; its threads may remain for a while, idle. */
  private void end(Disk disk, boolean leaveThreads) {
    disks.remove(disk);
    disk.state = 6;
    if (!leaveThreads) {
      disk.threads.forEach(this::exit);
    }
  }

  private void reapLeftovers() {
    tasks.values().removeIf(task -> task.serves == null || !disks.contains(task.serves));
  }

  private void io(Disk disk) {
    any(disk.threads).forEach(task -> io(disk, task));
  }

  private void io(Disk disk, Task task) {
    if (random.nextInt(3) > 0) {
      int sectors = random.nextInt(1, 2048);
      task.readBytes += sectors * 512L;
      disk.readSectors += sectors;
    } else {
      disk.writtenSectors += 8;
    }
    see(task, disk.device);
    below.getOrDefault(disk.device, Set.of()).forEach(lower -> see(task, lower));
    if (random.nextInt(8) == 0 && traced.contains(disk.device)) {
      bios.add(new ObservedBio(2, disk.device)); // dom0 itself reads the volume
    }
  }

  private void see(Task task, DeviceNumber device) {
    if (traced.contains(device)) {
      bios.add(new ObservedBio(task.id.pid(), device));
    }
  }

  /** The result of a scan with concurrent I/O. */
  HostSnapshot scan() {
    long uptime = ticks;
    List<ObservedBio> drained = List.copyOf(bios);
    bios.clear();
    Map<Disk, Long> before = new HashMap<>();
    disks.forEach(disk -> before.put(disk, disk.readSectors));
    ioMeanwhile();
    List<HostThread> threads = new ArrayList<>();
    for (Task task : tasks.values()) {
      if (random.nextInt(6) == 0) {
        ioMeanwhile();
      }
      BlkbackName.parse(task.comm)
          .ifPresent(name ->
              threads.add(
                  new HostThread(
                      task.id, name, random.nextInt(40) == 0 ? null : task.readBytes, null)));
    }
    ioMeanwhile();
    List<Backend> backends = disks.stream().map(disk -> backend(disk, before)).toList();
    Set<DeviceNumber> devices = disks.stream().map(disk -> disk.device).collect(Collectors.toSet());
    return new HostSnapshot(
        KernelRelease.parse("6.1.0").toOptional().orElseThrow(),
        uptime,
        domains.entrySet().stream()
            .map(entry -> new DomainRef(entry.getValue(), entry.getKey(), "vm" + entry.getKey()))
            .toList(),
        backends,
        threads,
        List.of(),
        devices.stream()
            .map(device ->
                new DeviceStack(
                    device, below.getOrDefault(device, Set.of()), Set.of(Layer.PASSES), List.of()))
            .toList(),
        Map.of(),
        drained,
        Map.of(),
        List.of());
  }

  private void ioMeanwhile() {
    if (random.nextBoolean()) {
      any(disks).forEach(this::io);
    }
  }

  private Backend backend(Disk disk, Map<Disk, Long> before) {
    Map<Integer, Integer> byRing = new HashMap<>();
    disk.threads.forEach(task -> byRing.put(task.ring, task.id.pid()));
    Backend.KthreadPids pids =
        switch (keys) {
          case NONE -> Backend.KthreadPids.NONE;
          case FLAT -> new Backend.KthreadPids(disk.rings == 1 ? byRing.get(0) : null, Map.of());
          case BY_RING -> new Backend.KthreadPids(null, byRing);
        };
    boolean known = disk.state == 4 || random.nextBoolean();
    return new Backend(
        BackendKind.VBD,
        disk.domid,
        disk.handle,
        disk.dev,
        "w",
        "/dev/vg/" + disk.dev,
        disk.state,
        true,
        known ? disk.device : null,
        known ? disk.device : null,
        pids,
        naming == Naming.SINGLE ? null : disk.maxQueues,
        disk.hint,
        known
            ? new DiskCounters(
                before.getOrDefault(disk, 0L), disk.readSectors, disk.writtenSectors, false)
            : null,
        null);
  }

  /** The wrong mappings among these disks. */
  List<String> lies(List<MappedDisk> mapped) {
    List<String> lies = new ArrayList<>();
    for (MappedDisk told : mapped) {
      Set<WorkerId> workers = told.workers().stream().map(Worker::id).collect(Collectors.toSet());
      for (Disk disk : disks) {
        if (disk.domid == told.domain().domid() && disk.handle == told.disk().handle()) {
          Set<WorkerId> own =
              disk.threads.stream().map(task -> task.id).collect(Collectors.toSet());
          if (!own.containsAll(workers)) {
            lies.add("wrong thread: " + told + ", own " + own);
          } else if (!workers.isEmpty() && disk.served() && !workers.equals(own)) {
            lies.add("ring left out: " + told + ", own " + own);
          }
        }
      }
    }
    return lies;
  }

  /**
   * Disks that I/O on their own device distinguishes from all others, so that they must be
   * resolved.
   */
  Set<String> provable() {
    return disks.stream()
        .filter(disk ->
            disks.stream()
                .filter(other -> other.domid == disk.domid)
                .filter(other -> comm(other, 0).equals(comm(disk, 0)))
                .allMatch(this::aloneOnItsDevice))
        .map(disk -> disk.domid + "/" + disk.dev)
        .collect(Collectors.toSet());
  }

  private boolean aloneOnItsDevice(Disk disk) {
    return disks.stream().filter(other -> other.device.equals(disk.device)).count() == 1
        && below.values().stream().noneMatch(lower -> lower.contains(disk.device));
  }

  @Override
  public String toString() {
    return naming
        + "/"
        + keys
        + " at "
        + ticks
        + ": "
        + disks.size()
        + " disks, "
        + tasks.size()
        + " threads";
  }
}
