package io.blkwarden.controller.policytest;

import io.blkwarden.controller.policy.testfile.PolicyTestFile;
import io.blkwarden.controller.policy.testfile.Series;
import io.blkwarden.controller.replay.SyntheticHost;
import io.blkwarden.model.Actuator;
import io.blkwarden.model.DeviceNumber;
import io.blkwarden.model.DomainRef;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.PhysicalDevice;
import io.blkwarden.model.sample.SampleColumn;
import io.blkwarden.model.sample.SampleFrame;
import io.blkwarden.model.sample.SampleTable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * A simulated host: one physical device with the disks of the test, whose counters follow its
 * series. Defaults for missing series: 4 KiB and 1 ms per I/O, and the utilisation that results.
 */
final class TestHost {
  private static final List<SampleColumn> COLUMNS = SampleColumn.all();
  private static final double BYTES_EACH = 4_096;
  private static final double SECTOR = 512;

  private final SyntheticHost messages;
  private final List<PolicyTestFile.Disk> tested;
  private final Map<String, Series> pressure;
  private final double[][] counters;
  private final double[] device = new double[COLUMNS.size()];
  private final boolean[] known;
  private final SampleFrame frame = new SampleFrame();
  private double someMicros;
  private double fullMicros;
  private boolean hasPressure;
  private long sequence;

  TestHost(String name, List<PolicyTestFile.Disk> tested, PolicyTestFile.Host settings) {
    PhysicalDevice sda =
        new PhysicalDevice(
            "sda",
            new DeviceNumber(8, 0),
            "mq-deadline",
            Actuator.EFFECTIVE,
            settings.rotational());
    this.tested = tested;
    this.pressure = settings.pressure();
    this.counters = new double[tested.size()][COLUMNS.size()];
    this.known = new boolean[tested.size()];
    Map<String, DomainRef> domains = new HashMap<>();
    List<MappedDisk> disks = new ArrayList<>();
    for (PolicyTestFile.Disk disk : tested) {
      DomainRef domain =
          domains.computeIfAbsent(
              disk.domain(), guest -> new DomainRef(uuid(guest), domains.size() + 1, guest));
      disks.add(SyntheticHost.disk(disks.size(), domain, disk.vdev(), disk.role(), null, sda));
    }
    messages =
        new SyntheticHost(new HostId(name), uuid(name + "/boot"), uuid(name + "/run"), sda, disks);
  }

  private static UUID uuid(String name) {
    return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8));
  }

  SyntheticHost messages() {
    return messages;
  }

  /** Advances the counters by an interval. */
  void advance(int interval, long millis) {
    double busy = 0;
    for (int row = 0; row < tested.size(); row++) {
      busy += advance(counters[row], row, interval, millis / 1_000.0);
    }
    device[SampleColumn.IO_MS.id()] += Math.min((double) millis, busy);
    Series some = pressure.get("io_some");
    Series full = pressure.get("io_full");
    hasPressure = some != null || full != null;
    someMicros += some == null ? 0 : share(some, interval) * millis * 1_000;
    fullMicros += full == null ? 0 : share(full, interval) * millis * 1_000;
  }

  private static double share(Series series, int interval) {
    double value = series.at(interval);
    return Double.isNaN(value) ? 0 : Math.min(1, value);
  }

  /** Advances the counters of a disk; returns its busy time in ms. */
  private double advance(double[] row, int index, int interval, double seconds) {
    Map<String, Series> series = tested.get(index).series();
    known[index] = series.values().stream().noneMatch(each -> Double.isNaN(each.at(interval)));
    if (!known[index]) {
      return 0;
    }
    double reads = value(series, "read_iops", interval, 0);
    double writes = value(series, "write_iops", interval, 0);
    double await = value(series, "await_ms", interval, 1);
    double util = value(series, "util", interval, Math.min(1, (reads + writes) * await / 1_000));
    double[] change = new double[COLUMNS.size()];
    change[SampleColumn.READ_IOS.id()] = reads * seconds;
    change[SampleColumn.WRITE_IOS.id()] = writes * seconds;
    change[SampleColumn.READ_SECTORS.id()] =
        value(series, "read_bytes_per_s", interval, reads * BYTES_EACH) / SECTOR * seconds;
    change[SampleColumn.WRITE_SECTORS.id()] =
        value(series, "write_bytes_per_s", interval, writes * BYTES_EACH) / SECTOR * seconds;
    change[SampleColumn.READ_MS.id()] = reads * await * seconds;
    change[SampleColumn.WRITE_MS.id()] = writes * await * seconds;
    change[SampleColumn.QUEUE_MS.id()] = (reads + writes) * await * seconds;
    for (SampleColumn column : COLUMNS) {
      row[column.id()] += change[column.id()];
      device[column.id()] += change[column.id()];
    }
    double busy = Math.min(1, util) * seconds * 1_000;
    row[SampleColumn.IO_MS.id()] += busy;
    row[SampleColumn.IN_FLIGHT.id()] = value(series, "in_flight", interval, 0);
    return busy;
  }

  private static double value(
      Map<String, Series> series, String key, int interval, double fallback) {
    Series found = series.get(key);
    return found == null ? fallback : found.at(interval);
  }

  /** Whether any disk has a value; otherwise the host sends nothing. */
  boolean reports() {
    for (boolean each : known) {
      if (each) {
        return true;
      }
    }
    return false;
  }

  /** The next sample batch. */
  SampleFrame frame(long monotonicMillis, long wallMillis, long intervalMillis) {
    frame.identify(messages.run(), 1, 1, ++sequence);
    frame.time(monotonicMillis, wallMillis, intervalMillis);
    frame.pressure(
        hasPressure ? Math.round(someMicros) : SampleFrame.UNMEASURED,
        hasPressure ? Math.round(fullMicros) : SampleFrame.UNMEASURED);
    SampleTable table = frame.disks();
    table.reset(counters.length);
    for (int row = 0; row < counters.length; row++) {
      if (sequence == 1 || known[row]) {
        fill(table, row, counters[row]);
      }
    }
    frame.devices().reset(1);
    fill(frame.devices(), 0, device);
    return frame;
  }

  private static void fill(SampleTable table, int row, double[] values) {
    table.markPresent(row);
    for (SampleColumn column : COLUMNS) {
      table.set(column, row, Math.round(values[column.id()]));
    }
  }
}
