package io.blkwarden.simulation.host;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.blkwarden.model.DeviceNumber;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.DoubleSupplier;

/**
 * The files and the xenstore tree of a simulated dom0, as on Linux 6.1 and Xen 4.17. Every second
 * guest has two rings per disk.
 */
final class HostLayout {
  private static final int FIRST_PID = 20_000;
  private static final int START_TICKS = 4_100;
  private static final int DM_MAJOR = 253;
  private static final int XVDA1 = 51_713;

  /** Share of the device that calm guests use; high enough for a swapping guest to slow them. */
  private static final double CALM_LOAD = 0.6;

  private final HostSpec spec;
  private final FileTree files;
  private final Map<String, String> store;
  private final SimulatedDevice device;
  private final DoubleSupplier uptimeSeconds;
  private final DoubleSupplier waitedMicros;
  private final double calmPerSecond;
  private int born;
  private int nextMinor;

  HostLayout(
      HostSpec spec,
      FileTree files,
      Map<String, String> store,
      SimulatedDevice device,
      DoubleSupplier uptimeSeconds,
      DoubleSupplier waitedMicros) {
    this.spec = spec;
    this.calmPerSecond = spec.iosPerSecond() * CALM_LOAD / spec.guests();
    this.files = files;
    this.store = store;
    this.device = device;
    this.uptimeSeconds = uptimeSeconds;
    this.waitedMicros = waitedMicros;
  }

  void build(SimulatedHost host) {
    String boot = UUID.nameUUIDFromBytes(("boot " + spec.host()).getBytes(UTF_8)).toString();
    files.file("proc/sys/kernel/random/boot_id", boot + "\n");
    files.file("proc/sys/kernel/osrelease", "6.1.0-simulated\n");
    files.file("proc/uptime", () -> "%.2f 0.00%n".formatted(uptimeSeconds.getAsDouble()));
    files.file("proc/pressure/io", this::pressure);
    files.file("sys/block/sda/dev", "8:0\n");
    files.file("sys/block/sda/stat", device::stat);
    files.file("sys/block/sda/queue/scheduler", scheduler());
    files.file("sys/block/sda/queue/rotational", "1\n");
    files.link("sys/dev/block/8:0", "../../block/sda");
    for (int n = 0; n < spec.guests(); n++) {
      String name = "vm" + (spec.firstGuest() + n);
      SimulatedGuest guest =
          new SimulatedGuest(
              name,
              UUID.nameUUIDFromBytes((spec.host() + name).getBytes(UTF_8)),
              n % 2 == 1 ? 2 : 1,
              new SimulatedDisk(calmPerSecond, 0.7),
              new SimulatedDisk(0.5, 0.5));
      host.register(guest);
      volume(host, guest, false);
      volume(host, guest, true);
      start(host, guest);
    }
  }

  /**
   * Creates the guest's domain with the lowest free domid, and its threads with the lowest pids.
   */
  void start(SimulatedHost host, SimulatedGuest guest) {
    int domid = 1;
    while (store.containsKey("/local/domain/" + domid + "/domid")) {
      domid++;
    }
    guest.domid(domid);
    store.put("/local/domain/" + domid + "/name", guest.name());
    store.put("/local/domain/" + domid + "/vm", "/vm/" + guest.uuid());
    store.put("/local/domain/" + domid + "/domid", Integer.toString(domid));
    for (boolean swap : new boolean[] {false, true}) {
      for (int ring = 0; ring < guest.rings(); ring++) {
        String vdev = SimulatedGuest.vdev(swap);
        int pid = thread(domid + "." + vdev + "-" + ring, guest.disk(swap));
        host.born(new SimulatedHost.TrueWorker(pid, guest.uuid(), vdev), guest.disk(swap));
      }
      attach(guest, domid, swap);
      guest.disk(swap).served(true);
    }
  }

  /** Destroys the guest's domain and its threads; its volumes stay. */
  void stop(SimulatedHost host, SimulatedGuest guest) {
    int domid = guest.domid();
    store
        .keySet()
        .removeIf(path ->
            path.startsWith("/local/domain/" + domid + "/")
                || path.startsWith("/local/domain/0/backend/vbd/" + domid + "/"));
    files.remove("sys/bus/xen-backend/devices/vbd-" + domid + "-");
    for (int pid : host.died(guest)) {
      files.remove("proc/" + pid + "/");
    }
    guest.disk(false).served(false);
    guest.disk(true).served(false);
    guest.domid(SimulatedGuest.STOPPED);
  }

  private int thread(String comm, SimulatedDisk disk) {
    int pid = FIRST_PID;
    while (files.has("proc/" + pid + "/stat")) {
      pid++;
    }
    String dir = "proc/" + pid + "/";
    files.file(dir + "comm", comm + "\n");
    files.file(
        dir + "stat",
        "%d (%s) S 2 0 0 0 -1 2097216 0 0 0 0 0 30 0 0 20 0 1 0 %d 0 0%s%n"
            .formatted(pid, comm, START_TICKS + FIRST_PID + born++, " 0".repeat(28)));
    files.file(
        dir + "io",
        () ->
            "rchar: 0\nwchar: 0\nsyscr: 0\nsyscw: 0\nread_bytes: %d\nwrite_bytes: 0\n"
                .formatted(disk.sectorsRead() * 512));
    files.file(dir + "cmdline", "");
    return pid;
  }

  private void volume(SimulatedHost host, SimulatedGuest guest, boolean swap) {
    int minor = nextMinor++;
    guest.minor(swap, minor);
    host.volume(guest.disk(swap), new DeviceNumber(DM_MAJOR, minor));
    String lv = guest.volume(swap);
    String dm = "sys/block/dm-" + minor + "/";
    files.file(dm + "dev", DM_MAJOR + ":" + minor + "\n");
    files.file(dm + "stat", guest.disk(swap)::stat);
    files.file(dm + "dm/name", "vg-" + lv + "\n");
    files.file(dm + "dm/uuid", "LVM-" + hex("vg") + hex(lv) + "\n");
    files.file(dm + "dm/suspended", "0\n");
    files.file(dm + "slaves/sda/dev", "8:0\n");
    files.file(dm + "queue/scheduler", "none\n");
    files.link("sys/dev/block/" + DM_MAJOR + ":" + minor, "../../block/dm-" + minor);
  }

  private void attach(SimulatedGuest guest, int domid, boolean swap) {
    SimulatedDisk disk = guest.disk(swap);
    int handle = swap ? XVDA1 + 1 : XVDA1;
    int minor = guest.minor(swap);
    String bus = "sys/bus/xen-backend/devices/vbd-" + domid + "-" + handle + "/";
    String number = "%x:%x".formatted(DM_MAJOR, minor);
    files.file(bus + "physical_device", number + "\n");
    files.file(bus + "mode", "w\n");
    files.file(bus + "statistics/oo_req", "0\n");
    files.file(bus + "statistics/rd_req", () -> disk.readCount() + "\n");
    files.file(bus + "statistics/wr_req", () -> disk.writeCount() + "\n");
    files.file(bus + "statistics/f_req", "0\n");
    files.file(bus + "statistics/ds_req", "0\n");
    files.file(bus + "statistics/rd_sect", () -> disk.sectorsRead() + "\n");
    files.file(bus + "statistics/wr_sect", () -> disk.sectorsWritten() + "\n");

    String back = "/local/domain/0/backend/vbd/" + domid + "/" + handle + "/";
    String front = "/local/domain/" + domid + "/device/vbd/" + handle;
    store.put(back + "frontend", front);
    store.put(back + "frontend-id", Integer.toString(domid));
    store.put(back + "online", "1");
    store.put(back + "state", "4");
    store.put(back + "dev", SimulatedGuest.vdev(swap));
    store.put(back + "type", "phy");
    store.put(back + "mode", "w");
    store.put(back + "params", "/dev/vg/" + guest.volume(swap));
    store.put(back + "physical-device", number);
    store.put(back + "physical-device-path", "/dev/dm-" + minor);
    store.put(back + "hotplug-status", "connected");
    store.put(back + "multi-queue-max-queues", "2");
    store.put(front + "/multi-queue-num-queues", Integer.toString(guest.rings()));
  }

  /** A made-up LVM identifier of 32 characters. */
  private static String hex(String name) {
    return UUID.nameUUIDFromBytes(name.getBytes(UTF_8)).toString().replace("-", "");
  }

  private String scheduler() {
    String active = device.order().kernelName();
    List<String> names = new ArrayList<>();
    for (String name :
        Arrays.stream(ServiceOrder.values()).map(ServiceOrder::kernelName).distinct().toList()) {
      names.add(name.equals(active) ? "[" + name + "]" : name);
    }
    return String.join(" ", names) + "\n";
  }

  private String pressure() {
    long some = (long) waitedMicros.getAsDouble();
    String line = "%s avg10=0.00 avg60=0.00 avg300=0.00 total=%d%n";
    return line.formatted("some", some) + line.formatted("full", some / 2);
  }
}
