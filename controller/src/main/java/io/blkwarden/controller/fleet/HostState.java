package io.blkwarden.controller.fleet;

import io.blkwarden.model.DiskKey;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.PhysicalDevice;
import io.blkwarden.model.message.MappingEvent;
import io.blkwarden.model.message.MappingSnapshot;
import io.blkwarden.model.sample.SampleColumn;
import io.blkwarden.model.sample.SampleFrame;
import io.blkwarden.model.sample.SampleTable;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.UUID;

/**
 * One host as it is known just now: its map, its counters and the rates made of them.
 *
 * <p>Mutable, owned by one thread; taking a batch allocates nothing. Rates span the time between
 * two batches on the host's own monotonic clock, so lost batches, late ones and steps of the wall
 * clock change nothing. A counter that went backwards, a new run of the agent and a gap of more
 * than the given number of intervals make the window unknown.
 */
public final class HostState {
  private final HostId host;
  private HostMap map = new HostMap();
  private Counters diskCounters = new Counters(List.of(), List.of());
  private Counters deviceCounters = new Counters(List.of(), List.of());
  private Rates disks = new Rates(0);
  private Rates devices = new Rates(0);
  private double[] deviceBusy = new double[0];
  private double[] deviceIos = new double[0];
  private double[] deviceQueue = new double[0];
  private double ioSome = Double.NaN;
  private double ioFull = Double.NaN;

  private boolean begun;
  private long lastMillis;
  private long lastWallMillis;
  private long lastSequence;
  private long lastSomeMicros;
  private long lastFullMicros;
  private long windowMillis;
  private long intervalMillis;
  private long batches;
  private long batchesUnused;
  private final long[] delta = new long[Counters.COLUMNS];

  /** Makes the state of a host that nothing is known of. */
  public HostState(HostId host) {
    this.host = host;
  }

  /** Whose state it is. */
  public HostId host() {
    return host;
  }

  /** Its map; not {@link HostMap#present} before the first snapshot. */
  public HostMap map() {
    return map;
  }

  /** Takes a change of the map, or a whole one. */
  public MappingChange apply(MappingEvent event) {
    if (event instanceof MappingSnapshot snapshot) {
      return replace(snapshot);
    }
    return map.apply(event);
  }

  private MappingChange replace(MappingSnapshot snapshot) {
    boolean sameRun = map.isOf(snapshot.origin().run());
    if (sameRun
        && (snapshot.origin().revision() < map.revision() || snapshot.base().id() < map.baseId())) {
      return MappingChange.IGNORED;
    }
    HostMap next = new HostMap(snapshot);
    Counters nextDisks = Counters.ofDisks(snapshot.base());
    Counters nextDevices = Counters.ofDevices(snapshot.base());
    Rates nextDiskRates = new Rates(nextDisks.rows());
    Rates nextDeviceRates = new Rates(nextDevices.rows());
    if (sameRun) {
      next.rowsSince(
          map,
          (row, old) -> {
            nextDisks.carry(row, diskCounters, old);
            nextDiskRates.copy(row, disks, old);
          },
          (row, old) -> {
            nextDevices.carry(row, deviceCounters, old);
            nextDeviceRates.copy(row, devices, old);
          });
    } else {
      begun = false;
    }
    map = next;
    diskCounters = nextDisks;
    deviceCounters = nextDevices;
    disks = nextDiskRates;
    devices = nextDeviceRates;
    int count = nextDevices.rows();
    deviceBusy = new double[count];
    deviceIos = new double[count];
    deviceQueue = new double[count];
    sumDevices();
    return MappingChange.REPLACED;
  }

  /**
   * Takes a batch.
   *
   * @param gapIntervals a window longer than so many intervals is unknown
   */
  public Acceptance accept(SampleFrame frame, int gapIntervals) {
    batches++;
    Acceptance result = judge(frame);
    if (result != Acceptance.MEASURED) {
      batchesUnused++;
      return result;
    }
    long window = frame.monotonicMillis() - lastMillis;
    boolean measured =
        begun && window <= Math.max(1, gapIntervals) * Math.max(1, frame.intervalMillis());
    measure(frame, measured, window);
    pressure(frame, measured, window);
    begun = true;
    lastMillis = frame.monotonicMillis();
    lastWallMillis = frame.wallMillis();
    lastSequence = frame.sequence();
    intervalMillis = Math.max(1, frame.intervalMillis());
    windowMillis = measured ? window : 0;
    return measured ? Acceptance.MEASURED : Acceptance.BEGUN;
  }

  private Acceptance judge(SampleFrame frame) {
    if (!map.isOf(frame.run()) || frame.baseId() > map.baseId()) {
      return Acceptance.UNKNOWN_BASE;
    }
    if (frame.baseId() < map.baseId()) {
      return Acceptance.STALE;
    }
    if (frame.disks().rows() != diskCounters.rows()
        || frame.devices().rows() != deviceCounters.rows()) {
      return Acceptance.UNKNOWN_BASE;
    }
    boolean newer =
        !begun || (frame.monotonicMillis() > lastMillis && frame.sequence() > lastSequence);
    return newer ? Acceptance.MEASURED : Acceptance.STALE;
  }

  private void measure(SampleFrame frame, boolean measured, long window) {
    if (!measured) {
      diskCounters.forget();
      deviceCounters.forget();
    }
    measure(frame.disks(), diskCounters, disks, window);
    measure(frame.devices(), deviceCounters, devices, window);
    sumDevices();
  }

  private void measure(SampleTable table, Counters counters, Rates rates, long window) {
    for (int row = 0; row < counters.rows(); row++) {
      if (counters.advance(table, row, delta)) {
        long inFlight = table.get(SampleColumn.IN_FLIGHT, row);
        rates.set(row, delta, inFlight, window);
      } else {
        rates.unknown(row);
      }
    }
  }

  private void sumDevices() {
    Arrays.fill(deviceBusy, 0);
    Arrays.fill(deviceIos, 0);
    Arrays.fill(deviceQueue, 0);
    for (int row = 0; row < diskCounters.rows(); row++) {
      if (disks.known(row)) {
        for (int device : map.devicesOf(row)) {
          deviceBusy[device] += disks.get(row, Rates.BUSY);
          deviceIos[device] += disks.iops(row);
          deviceQueue[device] += disks.get(row, Rates.IN_FLIGHT);
        }
      }
    }
  }

  private void pressure(SampleFrame frame, boolean measured, long window) {
    ioSome = part(frame.ioSomeMicros(), lastSomeMicros, measured, window);
    ioFull = part(frame.ioFullMicros(), lastFullMicros, measured, window);
    lastSomeMicros = frame.ioSomeMicros();
    lastFullMicros = frame.ioFullMicros();
  }

  private static double part(long now, long before, boolean measured, long window) {
    boolean known =
        measured
            && now != SampleFrame.UNMEASURED
            && before != SampleFrame.UNMEASURED
            && now >= before;
    return known ? Math.min(1, (now - before) / (window * 1_000.0)) : Double.NaN;
  }

  /** A metric of a disk in the last window; {@link Double#NaN} when it is unknown. */
  public double value(Metric metric, int row) {
    return switch (metric) {
      case IOPS -> disks.iops(row);
      case READ_IOPS -> disks.get(row, Rates.READ_IOPS);
      case WRITE_IOPS -> disks.get(row, Rates.WRITE_IOPS);
      case READ_BYTES -> disks.get(row, Rates.READ_BYTES);
      case WRITE_BYTES -> disks.get(row, Rates.WRITE_BYTES);
      case BYTES -> (double) disks.get(row, Rates.READ_BYTES) + disks.get(row, Rates.WRITE_BYTES);
      case AWAIT -> disks.get(row, Rates.AWAIT);
      case UTIL -> disks.get(row, Rates.UTIL);
      case IN_FLIGHT -> disks.get(row, Rates.IN_FLIGHT);
      case DEVICE_TIME_SHARE -> share(row);
      case DEVICE_UTIL -> highest(row, Rates.UTIL);
      case DEVICE_AWAIT -> highest(row, Rates.AWAIT);
      case DEVICE_IOPS -> busiest(row);
      case HOST_IO_SOME -> ioSome;
      case HOST_IO_FULL -> ioFull;
    };
  }

  private double share(int row) {
    double own = disks.get(row, Rates.BUSY);
    double highest = Double.NaN;
    for (int device : map.devicesOf(row)) {
      double share = deviceBusy[device] > 0 ? own / deviceBusy[device] : 0;
      highest = highest >= share ? highest : share;
    }
    return Double.isNaN(own) ? Double.NaN : highest;
  }

  private double highest(int row, int which) {
    double highest = Double.NaN;
    for (int device : map.devicesOf(row)) {
      double value = devices.get(device, which);
      highest = highest >= value || Double.isNaN(value) ? highest : value;
    }
    return highest;
  }

  private double busiest(int row) {
    double highest = Double.NaN;
    for (int device : map.devicesOf(row)) {
      double value = devices.iops(device);
      highest = highest >= value || Double.isNaN(value) ? highest : value;
    }
    return highest;
  }

  /** The disk and its neighbours on the same devices in the last window; unknown as NaN. */
  public void neighbourhood(int row, Neighbourhood into) {
    double ownIos = disks.iops(row);
    double otherIos = 0;
    double otherBusy = 0;
    double otherQueue = 0;
    for (int device : map.devicesOf(row)) {
      otherIos = Math.max(otherIos, deviceIos[device] - ownIos);
      otherBusy = Math.max(otherBusy, deviceBusy[device] - disks.get(row, Rates.BUSY));
      otherQueue = Math.max(otherQueue, deviceQueue[device] - disks.get(row, Rates.IN_FLIGHT));
    }
    into.set(ownIos, disks.get(row, Rates.UTIL), otherIos, otherBusy, otherQueue, busiest(row));
  }

  /** The row of a disk of this very incarnation of its domain, if the map has it. */
  public OptionalInt rowOf(DiskKey key, int domid) {
    return map.rowOf(key, domid);
  }

  /** The disk of a row. */
  public MappedDisk disk(int row) {
    return map.disk(row);
  }

  /** How many rows there are. */
  public int rows() {
    return diskCounters.rows();
  }

  /** The physical devices. */
  public List<PhysicalDevice> devices() {
    return map.devices();
  }

  /** The agent's run; all zeros before the first snapshot. */
  public UUID run() {
    return map.run();
  }

  /** Length of the last window in ms; 0 when it is unknown. */
  public long windowMillis() {
    return windowMillis;
  }

  /** Time between two batches in ms, as the agent is configured; 0 before the first batch. */
  public long intervalMillis() {
    return intervalMillis;
  }

  /** Wall clock of the host at the last batch, in ms since 1970; 0 before the first batch. */
  public long lastWallMillis() {
    return lastWallMillis;
  }

  /** Batches that arrived. */
  public long batches() {
    return batches;
  }

  /** Batches that arrived and were stale or counted from an unknown base. */
  public long batchesUnused() {
    return batchesUnused;
  }
}
