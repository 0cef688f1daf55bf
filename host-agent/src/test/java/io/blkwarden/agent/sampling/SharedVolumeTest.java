package io.blkwarden.agent.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.agent.kernel.MapFiles;
import io.blkwarden.model.Actuator;
import io.blkwarden.model.BackendKind;
import io.blkwarden.model.DeviceNumber;
import io.blkwarden.model.DiskRef;
import io.blkwarden.model.DomainRef;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MappingState;
import io.blkwarden.model.PhysicalDevice;
import io.blkwarden.model.UnresolvedReason;
import io.blkwarden.model.Volume;
import io.blkwarden.model.VolumeRole;
import io.blkwarden.model.message.CounterBase;
import io.blkwarden.model.sample.SampleColumn;
import io.blkwarden.model.sample.SampleFrame;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

/** Disks whose block device has other users or is not counted. */
class SharedVolumeTest {
  private static final DeviceNumber SAN = new DeviceNumber(253, 0);
  private static final DeviceNumber OWN = new DeviceNumber(253, 1);
  private static final PhysicalDevice SDA = device("sda", 8, 0);
  private static final PhysicalDevice NVME = device("nvme0n1", 259, 1);

  /** The kernel's counters: name in /proc/diskstats, number, columns. */
  private final Map<String, long[]> devices = new TreeMap<>();

  private final Map<String, String> numbers = new HashMap<>();
  private final Map<String, String> texts = new HashMap<>();
  private final MapFiles files = new MapFiles(texts);
  private final Sampler sampler = new Sampler(files, new UUID(1, 2), 1_000);
  private final SampleFrame frame = new SampleFrame();
  private final List<MappedDisk> disks = new ArrayList<>();
  private List<PhysicalDevice> below = List.of(SDA);

  SharedVolumeTest() {
    counted("253:0", "dm-0");
    counted("253:1", "dm-1");
    counted("8:0", "sda");
  }

  @Test
  void ioIsCountedForTheGuestThatDoesIt() {
    disks.add(vbd(5, 51760, SAN));
    disks.add(vbd(6, 51760, SAN));
    disks.add(vbd(5, 51712, OWN));
    rebase();

    guestReads(5, 51760, 300, "dm-0", "sda");
    assertThat(sample()).isTrue();

    assertThat(value(SampleColumn.READ_IOS, 0)).isEqualTo(300);
    assertThat(value(SampleColumn.READ_SECTORS, 0)).isEqualTo(2_400);
    assertThat(value(SampleColumn.SHARED_IO_MS, 0)).isEqualTo(600);
    assertThat(frame.disks().present(1)).isTrue();
    assertThat(value(SampleColumn.READ_IOS, 1)).isZero();
    assertThat(value(SampleColumn.READ_SECTORS, 1)).isZero();
    for (SampleColumn column :
        List.of(SampleColumn.READ_MS, SampleColumn.IO_MS, SampleColumn.IN_FLIGHT)) {
      assertThat(unknown(column, 0)).as(column.wire()).isTrue();
      assertThat(unknown(column, 1)).as(column.wire()).isTrue();
      assertThat(unknown(column, 2)).as("%s of a disk alone", column.wire()).isFalse();
    }
  }

  @Test
  void volumeOnAnotherGuestsDiskSharesIt() {
    disks.add(vbd(5, 51712, SDA.device()));
    disks.add(vbd(6, 51712, OWN));
    rebase();

    guestReads(6, 51712, 300, "dm-1", "sda");
    sample();

    assertThat(value(SampleColumn.READ_IOS, 0)).isZero();
    assertThat(unknown(SampleColumn.IO_MS, 0)).isTrue();
    assertThat(value(SampleColumn.READ_IOS, 1)).isEqualTo(300);
    assertThat(unknown(SampleColumn.IO_MS, 1)).isFalse();
  }

  @Test
  void backendWithoutCountersIsUnknownOnASharedDevice() {
    disks.add(vbd(5, 51712, SAN));
    disks.add(disk(6, 51712, BackendKind.QDISK, SAN));
    disks.add(disk(7, 51712, BackendKind.QDISK, OWN));
    rebase();

    guestReads(5, 51712, 300, "dm-0");
    sample();

    assertThat(value(SampleColumn.READ_IOS, 0)).isEqualTo(300);
    assertThat(frame.disks().present(1)).isFalse();
    assertThat(sampler.diskFault().orElseThrow()).contains("vm6", "253:0", "qdisk");
    assertThat(frame.disks().present(2)).as("alone on its device").isTrue();
  }

  @Test
  void secondUserCausesNoCounterJump() {
    MappedDisk first = vbd(5, 51712, SAN);
    disks.add(first);
    guestReads(5, 51712, 1_000, "dm-0");
    counted("dm-0", 5_000_000, 40_000_000); // from before the guest connected
    CounterBase alone = rebase();
    guestReads(5, 51712, 10, "dm-0");
    sample();
    assertThat(value(SampleColumn.READ_IOS, 0)).isEqualTo(10);

    disks.add(vbd(6, 51712, SAN));
    CounterBase shared = rebase();
    assertThat(mask(shared, 0)).isNotEqualTo(mask(alone, 0));
    guestReads(5, 51712, 20, "dm-0");
    assertThat(sample()).isTrue();
    assertThat(value(SampleColumn.READ_IOS, 0)).isEqualTo(20);

    disks.remove(1);
    CounterBase again = rebase();
    assertThat(mask(again, 0)).isEqualTo(mask(alone, 0));
    guestReads(5, 51712, 30, "dm-0");
    assertThat(sample()).isTrue();
    assertThat(value(SampleColumn.READ_IOS, 0)).isEqualTo(30);
  }

  @Test
  void dom0IoIsNotCountedForAnIdleGuest() {
    disks.add(vbd(5, 51712, OWN));
    rebase();
    guestReads(5, 51712, 1, "dm-1");
    sample();
    long charged = 0;
    for (int second = 0; second < 20; second++) {
      counted("dm-1", 400, 3_200); // a backup reads the volume
      if (sample()) {
        charged = value(SampleColumn.READ_IOS, 0);
      } else {
        rebase();
      }
    }
    assertThat(charged).as("until it is noticed").isLessThanOrEqualTo(1 + 2 * 400);
    assertThat(unknown(SampleColumn.IO_MS, 0)).isTrue();

    guestReads(5, 51712, 7, "dm-1");
    sample();
    assertThat(value(SampleColumn.READ_IOS, 0)).isPositive();
  }

  @Test
  void blkbackCountersThatNeverMovedAreIgnored() {
    disks.add(vbd(5, 51712, OWN));
    rebase();
    for (int second = 0; second < 20; second++) {
      counted("dm-1", 400, 3_200);
      assertThat(sample()).isTrue();
    }
    assertThat(value(SampleColumn.READ_IOS, 0)).isEqualTo(20 * 400);
    assertThat(unknown(SampleColumn.IO_MS, 0)).isFalse();
  }

  @Test
  void dom0IoBesideABusyGuestIsDetected() {
    disks.add(vbd(5, 51712, OWN));
    rebase();
    for (int second = 0; second < 20; second++) {
      guestReads(5, 51712, 1_000, "dm-1");
      counted("dm-1", 500, 8_000);
      if (!sample()) {
        rebase();
      }
    }
    assertThat(value(SampleColumn.READ_IOS, 0)).isPositive();
    guestReads(5, 51712, 1_000, "dm-1");
    counted("dm-1", 500, 8_000);
    sample();
    assertThat(unknown(SampleColumn.READ_MS, 0)).isTrue();
  }

  @Test
  void soleUserSurvivesBurstsAndProbes() {
    disks.add(vbd(5, 51712, OWN));
    rebase();
    for (int second = 0; second < 2_000; second++) {
      if (second % 7 < 3) { // counted by blkback in one window, by the device in the next
        backendReads(5, 51712, 200, 2_000);
        device("dm-1")[8] = 20;
      } else if (second % 7 == 3) {
        counted("dm-1", 600, 6_000);
        device("dm-1")[8] = 0;
      } else if (second % 60 == 5) {
        counted("dm-1", 8, 512); // udev and LVM read the volume
      }
      assertThat(sample()).as("second %d", second).isTrue();
    }
    assertThat(unknown(SampleColumn.IO_MS, 0)).isFalse();
  }

  @Test
  void uncountedDeviceFallsBackToBlkback() {
    disks.add(vbd(5, 51712, OWN));
    rebase();
    for (int second = 0; second < 80; second++) {
      backendReads(5, 51712, 100, 800);
      if (!sample()) {
        rebase();
      }
    }
    backendReads(5, 51712, 100, 800);
    assertThat(sample()).isTrue();
    assertThat(value(SampleColumn.READ_IOS, 0)).isPositive();
    assertThat(unknown(SampleColumn.IO_MS, 0)).isTrue();
    assertThat(unknown(SampleColumn.SHARED_IO_MS, 0)).isTrue();
  }

  @Test
  void stuckDeviceIsUnknownUntilItMoves() {
    disks.add(vbd(5, 51712, OWN));
    rebase();
    sample();
    assertThat(frame.devices().present(0)).as("idle").isTrue();

    guestReads(5, 51712, 100, "dm-1");
    sample();
    assertThat(frame.devices().present(0)).isFalse();
    sample();
    assertThat(frame.devices().present(0)).as("the disk is idle again").isFalse();

    guestReads(5, 51712, 100, "dm-1", "sda");
    sample();
    assertThat(frame.devices().present(0)).isTrue();
  }

  @Test
  void nvmeDeviceIsTheSumOfItsPaths() {
    below = List.of(NVME);
    numbers.put("nvme0n1", "259 1");
    devices.put("nvme0n1", new long[17]);
    for (String path : List.of("nvme0c0n1", "nvme0c1n1", "nvme1c0n1")) {
      numbers.put(path, "0 0");
      devices.put(path, new long[17]);
      counted(path, 70_000, 560_000);
    }
    disks.add(vbd(5, 51712, OWN));
    rebase();

    guestReads(5, 51712, 300, "dm-1", "nvme0c0n1");
    counted("nvme0c1n1", 100, 800);
    counted("nvme1c0n1", 5_000, 40_000); // another subsystem
    assertThat(sample()).isTrue();

    assertThat(frame.devices().present(0)).isTrue();
    assertThat(frame.devices().get(SampleColumn.READ_IOS, 0)).isEqualTo(400);
    assertThat(frame.devices().get(SampleColumn.READ_SECTORS, 0)).isEqualTo(3_200);
    assertThat(frame.devices().get(SampleColumn.IO_MS, 0)).as("the busier path").isEqualTo(600);

    devices.remove("nvme0c1n1"); // a path fails
    guestReads(5, 51712, 50, "dm-1", "nvme0c0n1");
    assertThat(sample()).isTrue();
    assertThat(frame.devices().get(SampleColumn.READ_IOS, 0)).isEqualTo(450);
  }

  @Test
  void countedNvmeDeviceIsNotCountedTwice() {
    below = List.of(NVME);
    numbers.put("nvme0n1", "259 1");
    devices.put("nvme0n1", new long[17]);
    numbers.put("nvme0c0n1", "259 2");
    devices.put("nvme0c0n1", new long[17]);
    counted("nvme0n1", 5, 40);
    counted("nvme0c0n1", 5, 40);
    disks.add(vbd(5, 51712, OWN));
    rebase();

    guestReads(5, 51712, 300, "dm-1", "nvme0c0n1", "nvme0n1");
    sample();
    assertThat(frame.devices().get(SampleColumn.READ_IOS, 0)).isEqualTo(300);
  }

  @Test
  void negativeInFlightIsUnknown() {
    disks.add(vbd(5, 51712, OWN));
    rebase();
    device("dm-1")[8] = 4_294_967_295L;
    assertThat(sample()).isTrue();
    assertThat(unknown(SampleColumn.IN_FLIGHT, 0)).isTrue();
    assertThat(value(SampleColumn.IN_FLIGHT, 0)).isZero();
    assertThat(unknown(SampleColumn.IO_MS, 0)).isFalse();
  }

  @Test
  void liveRatesAgreeWithSamples() {
    disks.add(vbd(5, 51760, SAN));
    disks.add(vbd(6, 51760, SAN));
    LiveRates live = new LiveRates(files);
    write();
    live.update(disks, 1_000);
    guestReads(5, 51760, 300, "dm-0", "sda");
    write();
    HostRates rates = live.update(disks, 2_000);

    assertThat(rates.of(0).iops()).isEqualTo(300);
    assertThat(rates.of(1).iops()).isZero();
    for (ToDoubleFunction<RowRates> unknown :
        List.<ToDoubleFunction<RowRates>>of(
            RowRates::util, RowRates::awaitMillis, RowRates::inFlight)) {
      assertThat(unknown.applyAsDouble(rates.of(0))).isNaN();
    }
    assertThat(rates.share(0)).isNaN();
    assertThat(rates.deviceScoreMillis(0)).as("the physical device is known").isPositive();

    guestReads(5, 51760, 300, "dm-0");
    write();
    assertThat(live.update(disks, 3_000).deviceScoreMillis(0)).as("no change").isNaN();
  }

  private CounterBase rebase() {
    write();
    return sampler.rebase(List.copyOf(disks), below);
  }

  private boolean sample() {
    write();
    return sampler.sample(1, 1, 1, frame);
  }

  private long value(SampleColumn column, int row) {
    return frame.disks().get(column, row);
  }

  private boolean unknown(SampleColumn column, int row) {
    return column.unknownIn(value(SampleColumn.UNKNOWN_COLUMNS, row));
  }

  private static long mask(CounterBase base, int row) {
    return base.disks().get(row).get(SampleColumn.UNKNOWN_COLUMNS.id());
  }

  /** Creates a device with counts. */
  private void counted(String number, String name) {
    numbers.put(name, number.replace(':', ' '));
    devices.put(name, new long[17]);
    counted(name, 100, 800);
  }

  /** A device counts reads of 2 ms each. */
  private void counted(String name, long ios, long sectors) {
    long[] columns = device(name);
    columns[0] += ios;
    columns[2] += sectors;
    columns[3] += 2 * ios;
    columns[9] += 2 * ios;
    columns[10] += 2 * ios;
  }

  private long[] device(String name) {
    return Objects.requireNonNull(devices.get(name));
  }

  private void guestReads(int domid, int handle, long ios, String... through) {
    backendReads(domid, handle, ios, 8 * ios);
    for (String device : through) {
      counted(device, ios, 8 * ios);
    }
  }

  private void backendReads(int domid, int handle, long ios, long sectors) {
    String statistics = statistics(domid, handle);
    texts.merge(statistics + "rd_req", String.valueOf(ios), SharedVolumeTest::plus);
    texts.merge(statistics + "rd_sect", String.valueOf(sectors), SharedVolumeTest::plus);
  }

  private static String plus(String one, String other) {
    return String.valueOf(Long.parseLong(one) + Long.parseLong(other));
  }

  private static String statistics(int domid, int handle) {
    return "sys/bus/xen-backend/devices/vbd-%d-%d/statistics/".formatted(domid, handle);
  }

  private void write() {
    StringBuilder all = new StringBuilder();
    devices.forEach((name, columns) -> {
      all.append(numbers.get(name)).append(' ').append(name);
      for (long column : columns) {
        all.append(' ').append(column);
      }
      all.append('\n');
    });
    texts.put("proc/diskstats", all.toString());
  }

  private MappedDisk vbd(int domid, int handle, DeviceNumber device) {
    for (String name :
        List.of("rd_req", "rd_sect", "wr_req", "wr_sect", "f_req", "ds_req", "oo_req")) {
      texts.putIfAbsent(statistics(domid, handle) + name, "0");
    }
    return disk(domid, handle, BackendKind.VBD, device);
  }

  private MappedDisk disk(int domid, int handle, BackendKind kind, DeviceNumber device) {
    return new MappedDisk(
        new DomainRef(new UUID(3, domid), domid, "vm" + domid),
        new DiskRef("xvd" + handle, handle, kind, "w"),
        new Volume(
            null,
            device,
            device.major() == 253 ? "dm-" + device.minor() : null,
            null,
            null,
            VolumeRole.DATA,
            null,
            null),
        below,
        MappingState.UNRESOLVED,
        UnresolvedReason.NO_THREAD_YET,
        List.of(),
        Map.of());
  }

  private static PhysicalDevice device(String name, int major, int minor) {
    return new PhysicalDevice(
        name, new DeviceNumber(major, minor), "none", Actuator.CLASS_ONLY, null);
  }
}
