package io.blkwarden.controller.fleet;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The metrics of policies, from the kernel's block counters ({@code Documentation/admin-guide/
 * iostats.rst}) and {@code /proc/pressure/io}.
 *
 * <p>Values are means over the time between two samples. A disk on several physical devices has the
 * highest value among them for the metrics that begin with {@code device}.
 */
public enum Metric {
  /** Reads and writes completed. */
  IOPS("iops", MetricUnit.PER_SECOND),
  /** Reads completed. */
  READ_IOPS("read_iops", MetricUnit.PER_SECOND),
  /** Writes completed. */
  WRITE_IOPS("write_iops", MetricUnit.PER_SECOND),
  /**
   * Reads and writes in units of {@value #NORMALISED_BYTES} bytes: a larger I/O counts several
   * times. From the mean size of a direction's I/Os, so that a mix of sizes counts less.
   */
  NORMALISED_IOPS("normalised_iops", MetricUnit.PER_SECOND),
  /** Bytes read. */
  READ_BYTES("read_bytes_per_s", MetricUnit.BYTES_PER_SECOND),
  /** Bytes written. */
  WRITE_BYTES("write_bytes_per_s", MetricUnit.BYTES_PER_SECOND),
  /** Bytes read and written. */
  BYTES("bytes_per_s", MetricUnit.BYTES_PER_SECOND),
  /** Flushes completed; 0 on a kernel that does not count them (before Linux 5.5). */
  FLUSH_IOPS("flush_iops", MetricUnit.PER_SECOND),
  /** Discards completed; 0 on a kernel that does not count them (before Linux 4.18). */
  DISCARD_IOPS("discard_iops", MetricUnit.PER_SECOND),
  /** Bytes discarded; as {@link #DISCARD_IOPS}. */
  DISCARD_BYTES("discard_bytes_per_s", MetricUnit.BYTES_PER_SECOND),
  /** Mean time of an I/O; 0 for an idle disk, unknown while I/O is in flight and none completes. */
  AWAIT("await_ms", MetricUnit.MILLIS),
  /** As {@link #AWAIT}, of reads; unknown also while only writes complete and I/O is in flight. */
  READ_AWAIT("read_await_ms", MetricUnit.MILLIS),
  /** As {@link #READ_AWAIT}, of writes. */
  WRITE_AWAIT("write_await_ms", MetricUnit.MILLIS),
  /** Times that blkback had no free request ({@code oo_req}): the guest's queue was full. */
  OUT_OF_REQUESTS("out_of_requests_per_s", MetricUnit.PER_SECOND),
  /** Share of the time in which any I/O was in flight. */
  UTIL("util", MetricUnit.RATIO),
  /** I/Os in flight when the sample was taken. */
  IN_FLIGHT("in_flight", MetricUnit.COUNT),
  /** This disk's share of the time of all guests' I/Os on its physical device. */
  DEVICE_TIME_SHARE("device_time_share", MetricUnit.RATIO),
  /** As {@link #UTIL}, of the physical device. */
  DEVICE_UTIL("device.util", MetricUnit.RATIO),
  /** As {@link #AWAIT}, of the physical device. */
  DEVICE_AWAIT("device.await_ms", MetricUnit.MILLIS),
  /** As {@link #IOPS}, of the physical device. */
  DEVICE_IOPS("device.iops", MetricUnit.PER_SECOND),
  /** As {@link #IN_FLIGHT}, of the physical device. */
  DEVICE_IN_FLIGHT("device.in_flight", MetricUnit.COUNT),
  /** Guests' disks on the device with an I/O proven slower than 500 ms; see {@link DeviceSums}. */
  DEVICE_LAGGARDS("device.laggards", MetricUnit.COUNT),
  /** Bytes that the disk's domain read from all its swap disks; unknown when it has none. */
  SWAP_IN("swap.in_bytes_per_s", MetricUnit.BYTES_PER_SECOND),
  /** Bytes that it wrote to them. */
  SWAP_OUT("swap.out_bytes_per_s", MetricUnit.BYTES_PER_SECOND),
  /** Both. */
  SWAP_BYTES("swap.bytes_per_s", MetricUnit.BYTES_PER_SECOND),
  /** Reads and writes that its domain completed on all its swap disks; a {@link #isTotal total}. */
  SWAP_IOPS("swap.iops", MetricUnit.PER_SECOND),
  /** Reads and writes that the disk's domain completed on all its disks; a total. */
  DOMAIN_IOPS("domain.iops", MetricUnit.PER_SECOND),
  /** Bytes that it read and wrote on all its disks; a total. */
  DOMAIN_BYTES("domain.bytes_per_s", MetricUnit.BYTES_PER_SECOND),
  /** Share of the time in which some task of dom0 waited for I/O. */
  HOST_IO_SOME("host.io_some", MetricUnit.RATIO),
  /** Share of the time in which all of dom0's tasks waited for I/O. */
  HOST_IO_FULL("host.io_full", MetricUnit.RATIO);

  /** The size up to which an I/O counts once in {@link #NORMALISED_IOPS}. */
  static final int NORMALISED_BYTES = 16_384;

  private static final List<Metric> ALL = List.of(values());

  private final String id;
  private final MetricUnit unit;
  private final MetricScope scope;

  Metric(String id, MetricUnit unit) {
    this.id = id;
    this.unit = unit;
    this.scope = MetricScope.of(id);
  }

  /** All metrics. */
  public static List<Metric> all() {
    return ALL;
  }

  /** The metric with this name. */
  public static Optional<Metric> byId(String id) {
    return ALL.stream().filter(metric -> metric.id.equals(id)).findFirst();
  }

  /** Name in policies, messages and exports. */
  public String id() {
    return id;
  }

  /** Its unit. */
  public MetricUnit unit() {
    return unit;
  }

  /** Its scope. */
  public MetricScope scope() {
    return scope;
  }

  /** Whether it adds up a domain's known disks, so that it is a lower bound if some are unknown. */
  public boolean isTotal() {
    return this == SWAP_IOPS || this == DOMAIN_IOPS || this == DOMAIN_BYTES;
  }

  /** The metric of each disk that a total adds up; other metrics themselves. */
  public Metric ofEachDisk() {
    return switch (this) {
      case SWAP_IOPS, DOMAIN_IOPS -> IOPS;
      case DOMAIN_BYTES -> BYTES;
      default -> this;
    };
  }

  /** The text of a value, such as {@code 812/s} or {@code 81%}. */
  public String format(double value) {
    return switch (unit) {
      case PER_SECOND -> "%.0f/s".formatted(value);
      case BYTES_PER_SECOND -> bytes(value) + "/s";
      case MILLIS -> String.format(Locale.ROOT, value < 10 ? "%.1f ms" : "%.0f ms", value);
      case RATIO -> "%.0f%%".formatted(value * 100);
      case COUNT -> "%.0f".formatted(value);
    };
  }

  private static String bytes(double value) {
    String[] units = {"B", "kB", "MB", "GB"};
    double rest = value;
    int unit = 0;
    while (rest >= 1_000 && unit < units.length - 1) {
      rest /= 1_000;
      unit++;
    }
    return String.format(
        Locale.ROOT, rest < 10 && unit > 0 ? "%.1f %s" : "%.0f %s", rest, units[unit]);
  }
}
