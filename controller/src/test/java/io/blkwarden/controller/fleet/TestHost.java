package io.blkwarden.controller.fleet;

import io.blkwarden.model.Actuator;
import io.blkwarden.model.BackendKind;
import io.blkwarden.model.DeviceNumber;
import io.blkwarden.model.DiskRef;
import io.blkwarden.model.DomainRef;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MappingState;
import io.blkwarden.model.PhysicalDevice;
import io.blkwarden.model.Proof;
import io.blkwarden.model.UnresolvedReason;
import io.blkwarden.model.Volume;
import io.blkwarden.model.VolumeRole;
import io.blkwarden.model.Worker;
import io.blkwarden.model.WorkerKind;
import io.blkwarden.model.message.Heartbeat;
import io.blkwarden.model.message.MappingOrigin;
import io.blkwarden.model.message.MappingSnapshot;
import io.blkwarden.model.sample.SampleColumn;
import io.blkwarden.model.sample.SampleFrame;
import io.blkwarden.model.sample.SampleTable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** A simulated host: its map and counters, as an agent reports them. */
public class TestHost {
  private static final List<SampleColumn> COLUMNS = SampleColumn.all();

  public final HostId id;
  public UUID boot;
  public UUID run;
  public long revision = 1;
  public long baseId;
  public long monotonicMillis = 50_000;
  public long wallMillis = 1_795_000_000_000L;
  public long intervalMillis = 1_000;
  public long someMicros = SampleFrame.UNMEASURED;
  public long fullMicros = SampleFrame.UNMEASURED;
  public final List<MappedDisk> disks = new ArrayList<>();
  public final List<PhysicalDevice> devices = new ArrayList<>();
  public final List<long[]> counters = new ArrayList<>();
  public final List<long[]> deviceCounters = new ArrayList<>();
  private List<long[]> base = List.of();
  private List<long[]> deviceBase = List.of();
  private long sequence;

  public TestHost(String name) {
    id = new HostId(name);
    boot = uuid(name, 1);
    run = uuid(name, 2);
    device(Actuator.EFFECTIVE, "bfq");
  }

  public static UUID uuid(String name, long number) {
    return new UUID(name.hashCode(), number);
  }

  /** Replaces the physical device. */
  public final void device(Actuator actuator, String scheduler) {
    device(new PhysicalDevice("sda", new DeviceNumber(8, 0), scheduler, actuator, null));
  }

  public final void device(PhysicalDevice device) {
    devices.clear();
    devices.add(device);
    deviceCounters.clear();
    deviceCounters.add(new long[COLUMNS.size()]);
    for (int row = 0; row < disks.size(); row++) {
      MappedDisk disk = disks.get(row);
      disks.set(
          row,
          new MappedDisk(
              disk.domain(),
              disk.disk(),
              disk.volume(),
              devices,
              disk.state(),
              disk.reason(),
              disk.workers(),
              Map.of()));
    }
  }

  /** Adds a resolved swap disk of domain {@code vm<n>}, and returns its row. */
  public int addSwap(int number) {
    return add("vm" + number, number, VolumeRole.SWAP, MappingState.RESOLVED);
  }

  public int add(String name, int number, VolumeRole role, MappingState state) {
    boolean resolved = state == MappingState.RESOLVED;
    disks.add(
        new MappedDisk(
            new DomainRef(uuid(id + name, 7), number, name),
            new DiskRef("xvda2", 51714, BackendKind.VBD, "w"),
            new Volume(
                "/dev/vg/" + name + "_" + role.wire(),
                new DeviceNumber(253, number),
                "dm-" + number,
                "vg-" + name,
                "LVM-" + name,
                role,
                null,
                null),
            devices,
            state,
            state == MappingState.UNRESOLVED ? UnresolvedReason.NO_THREAD_YET : null,
            resolved ? List.of(worker(number, 0)) : List.of(),
            Map.of()));
    counters.add(new long[COLUMNS.size()]);
    return disks.size() - 1;
  }

  public static Worker worker(int domid, long startTicks) {
    return new Worker(
        WorkerKind.BLKBACK,
        0,
        1_000 + domid,
        startTicks,
        domid + ".xvda2-0",
        null,
        Proof.FULL_NAME);
  }

  public void replace(int row, MappingState state, List<Worker> workers) {
    UnresolvedReason reason =
        state == MappingState.UNRESOLVED ? UnresolvedReason.NO_THREAD_YET : null;
    disks.set(row, disks.get(row).withWorkers(state, reason, workers));
  }

  /** Labels that dom0 wrote to xenstore for the disk's domain. */
  public void label(int row, Map<String, String> labels) {
    MappedDisk disk = disks.get(row);
    disks.set(
        row,
        new MappedDisk(
            disk.domain(),
            disk.disk(),
            disk.volume(),
            disk.physical(),
            disk.state(),
            disk.reason(),
            disk.workers(),
            labels));
  }

  public void remove(int row) {
    disks.remove(row);
    counters.remove(row);
  }

  /** Adds reads of 4 KiB. */
  public void reads(int row, long ios, long millisEach, long busyMillis, long inFlight) {
    count(counters.get(row), ios, millisEach, busyMillis, inFlight);
    count(deviceCounters.getFirst(), ios, millisEach, busyMillis, inFlight);
  }

  /** Adds writes of 4 KiB. */
  public void writes(int row, long ios, long millisEach) {
    writes(row, ios, millisEach, 8);
  }

  /** Adds writes. */
  public void writes(int row, long ios, long millisEach, long sectors) {
    for (long[] each : List.of(counters.get(row), deviceCounters.getFirst())) {
      each[SampleColumn.WRITE_IOS.id()] += ios;
      each[SampleColumn.WRITE_SECTORS.id()] += ios * sectors;
      each[SampleColumn.WRITE_MS.id()] += ios * millisEach;
    }
  }

  private static void count(long[] row, long ios, long millisEach, long busyMillis, long inFlight) {
    row[SampleColumn.READ_IOS.id()] += ios;
    row[SampleColumn.READ_SECTORS.id()] += ios * 8;
    row[SampleColumn.READ_MS.id()] += ios * millisEach;
    row[SampleColumn.IO_MS.id()] += busyMillis;
    row[SampleColumn.IN_FLIGHT.id()] = inFlight;
  }

  public MappingOrigin origin() {
    return origin(Instant.ofEpochMilli(wallMillis));
  }

  private MappingOrigin origin(Instant at) {
    return new MappingOrigin(id, boot, run, revision, at);
  }

  /** A heartbeat of its agent, without leases. */
  public Heartbeat heartbeat(Instant at) {
    return new Heartbeat(origin(at), "0.1.0", 1_000, "6.1.0-50-amd64", intervalMillis, devices);
  }

  /** The map with a new base. */
  public MappingSnapshot snapshot() {
    baseId++;
    base = copy(counters);
    deviceBase = copy(deviceCounters);
    return new MappingSnapshot(
        origin(),
        disks.stream().map(MappedDisk::domain).distinct().toList(),
        disks,
        devices,
        SampleColumn.base(
            baseId,
            base.stream().map(TestHost::boxed).toList(),
            deviceBase.stream().map(TestHost::boxed).toList()));
  }

  private static List<long[]> copy(List<long[]> rows) {
    return rows.stream().map(long[]::clone).toList();
  }

  private static List<Long> boxed(long[] row) {
    return Arrays.stream(row).boxed().toList();
  }

  /** Lets time pass. */
  public void pass(long millis) {
    monotonicMillis += millis;
    wallMillis += millis;
  }

  /** The current batch. */
  public SampleFrame frame() {
    SampleFrame frame = new SampleFrame();
    frame.identify(run, baseId, revision, ++sequence);
    frame.time(monotonicMillis, wallMillis, intervalMillis);
    frame.pressure(someMicros, fullMicros);
    fill(frame.disks(), counters, base);
    fill(frame.devices(), deviceCounters, deviceBase);
    return frame;
  }

  private static void fill(SampleTable table, List<long[]> now, List<long[]> since) {
    table.reset(now.size());
    for (int row = 0; row < now.size(); row++) {
      table.markPresent(row);
      for (SampleColumn column : COLUMNS) {
        long from = column.cumulative() ? since.get(row)[column.id()] : 0;
        table.set(column, row, Math.max(0, now.get(row)[column.id()] - from));
      }
    }
  }
}
