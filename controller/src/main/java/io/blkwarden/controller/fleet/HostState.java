package io.blkwarden.controller.fleet;

import io.blkwarden.model.DiskKey;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MappingState;
import io.blkwarden.model.PhysicalDevice;
import io.blkwarden.model.message.CounterBase;
import io.blkwarden.model.message.MappingEvent;
import io.blkwarden.model.message.MappingSnapshot;
import io.blkwarden.model.sample.SampleColumn;
import io.blkwarden.model.sample.SampleFrame;
import io.blkwarden.model.sample.SampleTable;
import java.util.List;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The state of one host: its map, its counters and the rates computed from them; mutable, owned by
 * one thread.
 *
 * <p>Taking a batch allocates nothing. Rates cover the time between two batches on the host's
 * monotonic clock, so lost or late batches and steps of the wall clock have no influence. The
 * window is unknown if a counter went backwards or counted more than any device can do, after a new
 * run of the agent, and after a gap of more than the given number of intervals.
 */
public final class HostState {
  /** The effect of a mapping event on a host's state. */
  public enum MappingChange {
    /** The whole map was replaced: rows have new numbers. */
    REPLACED,

    /** The same map with a new base of counters. */
    REBASED,
    /** Single disks changed; rows keep their numbers. */
    UPDATED,
    /** Known already, or older. */
    IGNORED,
    /** Events before this one are missing: a snapshot is needed. */
    GAP
  }

  /** The result of taking a sample batch. */
  public enum BatchResult {
    /** Rates cover the time since the batch before; single rows may be unknown. */
    MEASURED,
    /** The first batch, or one after a long gap: it starts a window; all rates are unknown. */
    BEGUN,
    /** Older than the last batch, or a duplicate: ignored. */
    STALE,
    /** Counts from an unknown base: ignored; a snapshot is needed. */
    UNKNOWN_BASE
  }

  private final HostId host;
  HostMap map = new HostMap();
  private Counters diskCounters = new Counters(List.of(), List.of());
  private Counters deviceCounters = new Counters(List.of(), List.of());
  private Rates disks = new Rates(0);
  private Rates devices = new Rates(0);
  private DeviceSums sums = new DeviceSums(0);
  private double ioSome = Double.NaN;
  private double ioFull = Double.NaN;

  private final BatchOrder order = new BatchOrder();
  private long lastWallMillis;
  private long lastSomeMicros;
  private long lastFullMicros;
  private long windowMillis;
  private long intervalMillis;
  private long implausible;
  private final long[] delta = new long[Counters.COLUMNS];

  /** The state of a host without data. */
  public HostState(HostId host) {
    this.host = host;
  }

  /** The host's name. */
  public HostId host() {
    return host;
  }

  /** Whether there was a snapshot of its map. */
  public boolean hasMap() {
    return map.present;
  }

  /** Whether events are missing since the snapshot: the map may be wrong. */
  public boolean mapGap() {
    return map.gap;
  }

  /** Boot of the host, as in its map. */
  public UUID boot() {
    return map.boot;
  }

  /** Applies a change of the map, or a snapshot. */
  public MappingChange apply(MappingEvent event) {
    if (event instanceof MappingSnapshot snapshot) {
      return replace(snapshot);
    }
    return map.apply(event);
  }

  private MappingChange replace(MappingSnapshot snapshot) {
    boolean sameRun = map.isOf(snapshot.origin().run());
    if (snapshot.origin().revision() > Plausibility.COUNT
        || snapshot.base().id() > Plausibility.COUNT) {
      implausible++; // accepting it would make all later ones of this run look old
      return MappingChange.IGNORED;
    }
    if (sameRun
        && (snapshot.origin().revision() < map.revision || snapshot.base().id() < map.baseId)) {
      return MappingChange.IGNORED;
    }
    HostMap next = new HostMap(snapshot);
    CounterBase base = snapshot.base();
    Counters nextDisks = new Counters(base.columns(), base.disks());
    Counters nextDevices = new Counters(base.columns(), base.devices());
    Rates nextDiskRates = new Rates(nextDisks.rows());
    Rates nextDeviceRates = new Rates(nextDevices.rows());
    boolean same = sameRun && next.sameAs(map);
    if (sameRun) {
      Counters.Carrier ofDisks = nextDisks.new Carrier(diskCounters);
      Counters.Carrier ofDevices = nextDevices.new Carrier(deviceCounters);
      next.rowsSince(
          map,
          (row, old) -> {
            ofDisks.carry(row, old);
            nextDiskRates.copy(row, disks, old);
          },
          (row, old) -> {
            ofDevices.carry(row, old);
            nextDeviceRates.copy(row, devices, old);
          });
    } else {
      order.restart();
    }
    map = next;
    implausible += diskCounters.implausible() + deviceCounters.implausible();
    diskCounters = nextDisks;
    deviceCounters = nextDevices;
    disks = nextDiskRates;
    devices = nextDeviceRates;
    sums = new DeviceSums(nextDevices.rows());
    sums.sum(disks, map, nextDisks.rows(), windowMillis);
    return same ? MappingChange.REBASED : MappingChange.REPLACED;
  }

  /**
   * Processes a batch.
   *
   * @param gapIntervals number of intervals beyond which a window is unknown
   */
  public BatchResult accept(SampleFrame frame, int gapIntervals) {
    BatchResult result = evaluate(frame);
    if (result != BatchResult.MEASURED) {
      return result;
    }
    long window = order.windowMillis(frame);
    long interval = Math.clamp(frame.intervalMillis(), 1, Plausibility.INTERVAL_MILLIS);
    boolean measured = order.begun && window <= Math.max(1, gapIntervals) * interval;
    measure(frame, measured, window);
    pressure(frame, measured, window);
    order.take(frame);
    lastWallMillis = wall(frame.wallMillis());
    intervalMillis = interval;
    windowMillis = measured ? window : 0;
    return measured ? BatchResult.MEASURED : BatchResult.BEGUN;
  }

  private long wall(long reported) {
    if (reported <= Plausibility.WALL_MILLIS) {
      return reported;
    }
    implausible++;
    return 0;
  }

  private BatchResult evaluate(SampleFrame frame) {
    if (!map.isOf(frame.run()) || frame.baseId() > map.baseId) {
      return BatchResult.UNKNOWN_BASE;
    }
    if (frame.baseId() < map.baseId) {
      return BatchResult.STALE;
    }
    if (frame.disks().rows() != diskCounters.rows()
        || frame.devices().rows() != deviceCounters.rows()) {
      return BatchResult.UNKNOWN_BASE;
    }
    return order.follows(frame) ? BatchResult.MEASURED : BatchResult.STALE;
  }

  private void measure(SampleFrame frame, boolean measured, long window) {
    if (!measured) {
      diskCounters.forget();
      deviceCounters.forget();
    }
    measure(frame.disks(), diskCounters, disks, window);
    measure(frame.devices(), deviceCounters, devices, window);
    sums.sum(disks, map, diskCounters.rows(), window);
  }

  private void measure(SampleTable table, Counters counters, Rates rates, long window) {
    for (int row = 0; row < counters.rows(); row++) {
      if (counters.advance(table, row, window, delta)) {
        rates.set(row, delta, inFlight(table, row), window);
      } else {
        rates.unknown(row);
      }
    }
  }

  /** {@link Counters#UNKNOWN} when the kernel's own number is invalid. */
  private static long inFlight(SampleTable table, int row) {
    long inFlight = table.get(SampleColumn.IN_FLIGHT, row);
    long unknown = table.get(SampleColumn.UNKNOWN_COLUMNS, row);
    return SampleColumn.IN_FLIGHT.unknownIn(unknown) || inFlight > Plausibility.IN_FLIGHT
        ? Counters.UNKNOWN
        : inFlight;
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
            && now >= before
            && now - before <= Plausibility.pressureMicros(window);
    return known ? Math.min(1, (now - before) / (window * 1_000.0)) : Double.NaN;
  }

  /** A metric of a disk in the last window; {@link Double#NaN} when it is unknown. */
  public double value(Metric metric, int row) {
    return switch (metric) {
      case IOPS -> disks.iops(row);
      case READ_IOPS -> disks.get(row, Counters.READ_IOS);
      case WRITE_IOPS -> disks.get(row, Counters.WRITE_IOS);
      case NORMALISED_IOPS ->
          normalised(row, Counters.READ_IOS, Counters.READ_SECTORS)
              + normalised(row, Counters.WRITE_IOS, Counters.WRITE_SECTORS);
      case READ_BYTES -> disks.get(row, Counters.READ_SECTORS);
      case WRITE_BYTES -> disks.get(row, Counters.WRITE_SECTORS);
      case BYTES -> bytes(row);
      case FLUSH_IOPS -> disks.get(row, Counters.FLUSH_IOS);
      case DISCARD_IOPS -> disks.get(row, Counters.DISCARD_IOS);
      case DISCARD_BYTES -> disks.get(row, Counters.DISCARD_SECTORS);
      case AWAIT -> disks.await(row);
      case READ_AWAIT -> disks.readAwait(row);
      case WRITE_AWAIT -> disks.writeAwait(row);
      case OUT_OF_REQUESTS -> disks.get(row, Counters.OUT_OF_REQUESTS);
      case UTIL -> disks.get(row, Rates.UTIL);
      case IN_FLIGHT -> disks.get(row, Rates.IN_FLIGHT);
      case DEVICE_TIME_SHARE -> share(row);
      case DEVICE_UTIL, DEVICE_AWAIT, DEVICE_IOPS, DEVICE_IN_FLIGHT, DEVICE_LAGGARDS ->
          highest(metric, row);
      case SWAP_IN -> swap(row, Counters.READ_SECTORS);
      case SWAP_OUT -> swap(row, Counters.WRITE_SECTORS);
      case SWAP_BYTES -> swap(row, Counters.READ_SECTORS) + swap(row, Counters.WRITE_SECTORS);
      case SWAP_IOPS, DOMAIN_IOPS, DOMAIN_BYTES -> total(metric, row);
      case HOST_IO_SOME -> ioSome;
      case HOST_IO_FULL -> ioFull;
    };
  }

  private double normalised(int row, int ios, int bytes) {
    return Math.max(disks.get(row, ios), disks.get(row, bytes) / Metric.NORMALISED_BYTES);
  }

  private double share(int row) {
    double own = disks.busy(row);
    double highest = Double.NaN;
    for (int device : map.devicesOf(row)) {
      if (!sums.timed(device)) {
        return Double.NaN;
      }
      double share = sums.busy[device] > 0 ? own / sums.busy[device] : 0;
      highest = highest >= share ? highest : share;
    }
    return Double.isNaN(own) ? Double.NaN : highest;
  }

  private double highest(Metric metric, int row) {
    double highest = Double.NaN;
    for (int device : map.devicesOf(row)) {
      double value = deviceValue(metric, device);
      highest = highest >= value || Double.isNaN(value) ? highest : value;
    }
    return highest;
  }

  /**
   * A metric of a physical device in the last window; {@link Double#NaN} when it is unknown or not
   * a metric of devices.
   *
   * @param device its row in {@link #devices()}
   */
  public double deviceValue(Metric metric, int device) {
    return switch (metric) {
      case DEVICE_UTIL -> devices.get(device, Rates.UTIL);
      case DEVICE_AWAIT -> devices.await(device);
      case DEVICE_IOPS -> devices.iops(device);
      case DEVICE_IN_FLIGHT -> devices.get(device, Rates.IN_FLIGHT);
      case DEVICE_LAGGARDS -> sums.laggards(device);
      default -> Double.NaN;
    };
  }

  /** Sum over the swap disks of the row's domain; unknown when it has none or one is unknown. */
  private double swap(int row, int which) {
    double sum = Double.NaN;
    DomainRows swaps = map.swapRows;
    for (int swap = swaps.first[row]; swap != DomainRows.END; swap = swaps.next[swap]) {
      if (!gone(swap)) {
        sum = (Double.isNaN(sum) ? 0 : sum) + disks.get(swap, which);
        if (Double.isNaN(sum)) {
          return sum;
        }
      }
    }
    return sum;
  }

  /** Sum over the known disks of a total; unknown when none is known. */
  private double total(Metric metric, int row) {
    Metric each = metric.ofEachDisk();
    DomainRows rows = rowsOf(metric);
    double sum = Double.NaN;
    for (int at = rows.first[row]; at != DomainRows.END; at = rows.next[at]) {
      double value = gone(at) ? Double.NaN : value(each, at);
      if (!Double.isNaN(value)) {
        sum = Double.isNaN(sum) ? value : sum + value;
      }
    }
    return sum;
  }

  /**
   * Whether every disk of a total that was measured before is known, so that a low total is not
   * caused by missing values. A disk that was never measured, such as an empty drive, is not
   * missing. Other metrics are complete whenever they are known.
   */
  public boolean complete(Metric metric, int row) {
    if (!metric.isTotal()) {
      return true;
    }
    DomainRows rows = rowsOf(metric);
    for (int at = rows.first[row]; at != DomainRows.END; at = rows.next[at]) {
      if (disks.missing(at) && !gone(at)) {
        return false;
      }
    }
    return true;
  }

  /** The rows of the domain's disks that a total adds up. */
  public int[] domainRows(Metric metric, int row) {
    DomainRows rows = rowsOf(metric);
    return IntStream.iterate(rows.first[row], at -> at != DomainRows.END, at -> rows.next[at])
        .toArray();
  }

  private DomainRows rowsOf(Metric metric) {
    return metric == Metric.SWAP_IOPS ? map.swapRows : map.domainRows;
  }

  /** The disk and other guests' disks on the same devices in the last window; unknown as NaN. */
  public Neighbourhood neighbourhood(int row) {
    return Neighbourhood.of(map, disks, sums, row, highest(Metric.DEVICE_IOPS, row));
  }

  /** Total time of the disk's reads and writes, in ms per second; NaN when unknown. */
  public double busyMillis(int row) {
    return disks.busy(row);
  }

  /** Bytes read and written a second; NaN when unknown. */
  public double bytes(int row) {
    return (double) disks.get(row, Counters.READ_SECTORS) + disks.get(row, Counters.WRITE_SECTORS);
  }

  /**
   * An upper bound of a disk's utilisation: itself if it is known, else that of a device which the
   * disk shares with others; NaN when that is unknown, too.
   */
  public double utilAtMost(int row) {
    return disks.get(row, Rates.UTIL_MAX);
  }

  /** Mean time in ms of an I/O of all guests' disks on a physical device; NaN without any. */
  public double guestsAwait(int device) {
    return sums.busy[device] / sums.timedIos[device];
  }

  /** Whether the time is known of nearly all I/Os of the guests' disks on a physical device. */
  public boolean guestsTimed(int device) {
    return sums.timed(device);
  }

  /** The rows of the disks on a physical device. */
  public int[] rowsOf(int device) {
    return IntStream.range(0, rows()).filter(row -> map.isOn(row, device)).toArray();
  }

  /** The physical devices below a disk, by their rows in {@link #devices()}. */
  public int[] devicesOf(int row) {
    return map.devicesOf(row).clone();
  }

  /** The row of a disk of this incarnation of its domain, if the map has it. */
  public OptionalInt rowOf(DiskKey key) {
    return map.rowOf(key);
  }

  /** The disks of all rows, including those that are gone. */
  public List<MappedDisk> disks() {
    return map.disks.disks();
  }

  /** The disk of a row. */
  public MappedDisk disk(int row) {
    return map.disks.disk(row);
  }

  /**
   * The names of a disk.
   *
   * @param domain UUID of the domain
   * @param name name of the domain
   * @param path the toolstack's path of the volume; absent when unknown
   */
  public record Names(UUID domain, String name, String vdev, @Nullable String path) {}

  /** The names of the disk of a row; much cheaper than {@link #disk}. */
  public Names names(int row) {
    return map.disks.names(row);
  }

  /** Whether the row is the first of its domain's swap disks. */
  public boolean firstSwapDisk(int row) {
    return map.swapRows.first[row] == row;
  }

  /** Whether the row's disk was detached. */
  public boolean gone(int row) {
    return map.disks.state(row) == MappingState.GONE;
  }

  /** Number of disks that are not gone. */
  public int present() {
    return map.disks.present;
  }

  /** Number of rows. */
  public int rows() {
    return diskCounters.rows();
  }

  /** The physical devices. */
  public List<PhysicalDevice> devices() {
    return map.devices;
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

  /** Impossible counters, clocks and numbers, which were treated as unknown. */
  public long implausible() {
    return implausible + diskCounters.implausible() + deviceCounters.implausible();
  }
}
