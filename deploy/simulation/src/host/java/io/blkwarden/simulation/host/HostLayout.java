package io.blkwarden.simulation.host;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.blkwarden.agent.kernel.ReadResult;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Writes the files and the xenstore tree of a simulated dom0, as on Linux 6.1 and Xen 4.17. */
final class HostLayout {
  private static final int FIRST_PID = 20_000;
  private static final int START_TICKS = 4_100;
  private static final String DOMAINS = "/local/domain/";
  private static final String BACKENDS = "/local/domain/0/backend/vbd/";
  private static final String BUS = "sys/bus/xen-backend/devices/vbd-";

  private final NavigableMap<String, Supplier<String>> files = new TreeMap<>();
  private final Map<String, String> links = new HashMap<>();
  private int born;

  void host(HostSpec spec, SimulatedDevice device, LongSupplier uptimeMillis) {
    String boot = UUID.nameUUIDFromBytes(("boot " + spec.host()).getBytes(UTF_8)).toString();
    file("proc/sys/kernel/random/boot_id", boot + "\n");
    file("proc/sys/kernel/osrelease", "6.1.0-simulated\n");
    file("proc/uptime", () -> "%.2f 0.00%n".formatted(uptimeMillis.getAsLong() / 1_000.0));
    file("proc/pressure/io", () -> pressure((long) (device.busyMillis() * 900)));
    file("sys/block/sda/dev", "8:0\n");
    file("sys/block/sda/stat", device::stat);
    file("sys/block/sda/queue/scheduler", spec.order().schedulers() + "\n");
    file("sys/block/sda/queue/rotational", "1\n");
    link("sys/dev/block/8:0", "../../block/sda");
  }

  private static String pressure(long micros) {
    String line = "%s avg10=0.00 avg60=0.00 avg300=0.00 total=%d%n";
    return line.formatted("some", micros) + line.formatted("full", micros / 2);
  }

  void volume(SimulatedDisk disk) {
    String name = "dm-" + disk.number().minor();
    String dm = "sys/block/" + name + "/";
    file(dm + "dev", disk.number() + "\n");
    file(dm + "stat", disk::stat);
    file(dm + "dm/name", "vg-" + disk.volume + "\n");
    file(dm + "dm/uuid", "LVM-" + lvmId("vg") + lvmId(disk.volume) + "\n");
    file(dm + "dm/suspended", "0\n");
    file(dm + "slaves/sda/dev", "8:0\n");
    file(dm + "queue/scheduler", "none\n");
    link("sys/dev/block/" + disk.number(), "../../block/" + name);
  }

  /** A generated LVM identifier of 32 characters. */
  private static String lvmId(String name) {
    return UUID.nameUUIDFromBytes(name.getBytes(UTF_8)).toString().replace("-", "");
  }

  /** Creates a domain with the lowest free domid, which is returned. */
  int domain(SimulatedGuest guest) {
    int domid = 1;
    while (has(DOMAINS + domid + "/domid")) {
      domid++;
    }
    file(DOMAINS + domid + "/name", guest.name);
    file(DOMAINS + domid + "/vm", "/vm/" + guest.uuid);
    file(DOMAINS + domid + "/domid", Integer.toString(domid));
    return domid;
  }

  /** Creates a thread with the lowest free pid, which is returned. */
  int thread(String comm, SimulatedDisk disk) {
    int pid = FIRST_PID;
    while (has("proc/" + pid + "/stat")) {
      pid++;
    }
    String dir = "proc/" + pid + "/";
    file(dir + "comm", comm + "\n");
    file(
        dir + "stat",
        "%d (%s) S 2 0 0 0 -1 2097216 0 0 0 0 0 30 0 0 20 0 1 0 %d 0 0%s%n"
            .formatted(pid, comm, START_TICKS + FIRST_PID + born++, " 0".repeat(28)));
    file(
        dir + "io",
        () ->
            "rchar: 0\nwchar: 0\nsyscr: 0\nsyscw: 0\nread_bytes: %d\nwrite_bytes: 0\n"
                .formatted(disk.counters.readSectors() * 512));
    file(dir + "cmdline", "");
    return pid;
  }

  /** Creates the backend of a running guest's disk. */
  void backend(SimulatedGuest guest, SimulatedDisk disk) {
    Counters counters = disk.counters;
    int minor = disk.number().minor();
    String number = "%x:%x".formatted(disk.number().major(), minor);
    String bus = BUS + guest.domid + "-" + disk.handle() + "/";
    file(bus + "physical_device", number + "\n");
    file(bus + "mode", "w\n");
    file(bus + "statistics/oo_req", "0\n");
    file(bus + "statistics/rd_req", () -> counters.reads() + "\n");
    file(bus + "statistics/wr_req", () -> counters.writes() + "\n");
    file(bus + "statistics/f_req", "0\n");
    file(bus + "statistics/ds_req", "0\n");
    file(bus + "statistics/rd_sect", () -> counters.readSectors() + "\n");
    file(bus + "statistics/wr_sect", () -> counters.writeSectors() + "\n");

    String front = DOMAINS + guest.domid + "/device/vbd/" + disk.handle();
    String back = BACKENDS + guest.domid + "/" + disk.handle() + "/";
    Map.ofEntries(
            Map.entry("frontend", front),
            Map.entry("frontend-id", Integer.toString(guest.domid)),
            Map.entry("online", "1"),
            Map.entry("state", "4"),
            Map.entry("dev", disk.vdev()),
            Map.entry("type", "phy"),
            Map.entry("mode", "w"),
            Map.entry("params", "/dev/vg/" + disk.volume),
            Map.entry("physical-device", number),
            Map.entry("physical-device-path", "/dev/dm-" + minor),
            Map.entry("hotplug-status", "connected"),
            Map.entry("multi-queue-max-queues", "2"))
        .forEach((key, value) -> file(back + key, value));
    file(front + "/multi-queue-num-queues", Integer.toString(guest.rings));
  }

  /** Removes a domain with its backends and threads; its volumes stay. */
  void remove(int domid, Collection<Integer> pids) {
    remove(DOMAINS + domid + "/");
    remove(BACKENDS + domid + "/");
    remove(BUS + domid + "-");
    pids.forEach(pid -> remove("proc/" + pid + "/"));
  }

  void file(String path, Supplier<String> text) {
    files.put(path, text);
  }

  void file(String path, String text) {
    files.put(path, () -> text);
  }

  void link(String path, String target) {
    links.put(path, target);
  }

  boolean has(String path) {
    return files.containsKey(path);
  }

  /** Removes all files whose paths start with the prefix. */
  void remove(String prefix) {
    below(prefix).clear();
  }

  private NavigableMap<String, Supplier<String>> below(String prefix) {
    return files.subMap(prefix, true, prefix + Character.MAX_VALUE, false);
  }

  ReadResult<String> read(String path) {
    Supplier<String> text = files.get(path);
    return text == null ? ReadResult.absent(path) : ReadResult.present(text.get());
  }

  ReadResult<List<String>> list(String dir) {
    String prefix = dir.isEmpty() ? "" : dir + "/";
    List<String> names =
        below(prefix).keySet().stream()
            .map(path -> path.substring(prefix.length()).replaceFirst("/.*", ""))
            .distinct()
            .toList();
    return names.isEmpty() && !has(dir) ? ReadResult.absent(dir) : ReadResult.present(names);
  }

  ReadResult<String> target(String path) {
    String target = links.get(path);
    return target == null ? ReadResult.absent(path) : ReadResult.present(target);
  }
}
