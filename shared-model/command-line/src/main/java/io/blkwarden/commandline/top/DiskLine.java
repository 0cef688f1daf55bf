package io.blkwarden.commandline.top;

import static java.lang.Double.NaN;

import io.blkwarden.commandline.DurationText;
import io.blkwarden.model.DiskKey;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.PhysicalDevice;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A disk and its load in the last interval; unknown numbers are {@link Double#NaN}.
 *
 * @param host the host
 * @param uuid UUID of the domain
 * @param domain name of the domain, guest-controlled
 * @param disk virtual device, such as {@code xvda2}
 * @param role {@code root}, {@code swap}, {@code data} or {@code unknown}
 * @param devices names of the physical devices below it; empty if unknown
 * @param threads its proven workers, such as {@code blkback.5.xvda2[1234]}
 * @param load its load
 * @param total its I/O since {@code top} started
 * @param throttle the throttle and its remaining lease, such as {@code idle 4m 10s}; null if it is
 *     not throttled
 */
public record DiskLine(
    String host,
    String uuid,
    String domain,
    String disk,
    String role,
    List<String> devices,
    List<String> threads,
    Load load,
    Io total,
    @Nullable String throttle) {
  public DiskLine {
    devices = List.copyOf(devices);
    threads = List.copyOf(threads);
  }

  /** The line of a mapped disk. */
  public static DiskLine of(
      HostId host, MappedDisk disk, Load load, Io total, @Nullable String throttle) {
    return new DiskLine(
        host.value(),
        disk.domain().uuid().toString(),
        disk.domain().name(),
        disk.disk().vdev(),
        disk.volume().role().wire(),
        disk.physical().stream().map(PhysicalDevice::name).toList(),
        disk.workers().stream().map(each -> each.comm() + "[" + each.pid() + "]").toList(),
        load,
        total,
        throttle);
  }

  /** The text of a throttle and its remaining lease. */
  public static String throttle(Object restraint, long leftMillis) {
    return restraint + " " + DurationText.print(Duration.ofMillis(leftMillis));
  }

  /**
   * Reads and writes, per second or in total.
   *
   * @param reads completed reads
   * @param writes completed writes
   * @param readBytes bytes read
   * @param writeBytes bytes written
   */
  public record Io(double reads, double writes, double readBytes, double writeBytes) {
    /** No I/O. */
    public static final Io NONE = new Io(0, 0, 0, 0);

    /** Adds a rate of the last {@code millis} to the totals of disks, if it is known. */
    public static void add(Map<DiskKey, Io> totals, DiskKey disk, Io rate, long millis) {
      if (!Double.isNaN(rate.ios())) {
        double seconds = millis / 1_000.0;
        totals.merge(disk, rate.times(seconds), Io::plus);
      }
    }

    private Io times(double factor) {
      return new Io(reads * factor, writes * factor, readBytes * factor, writeBytes * factor);
    }

    private Io plus(Io more) {
      return new Io(
          reads + more.reads,
          writes + more.writes,
          readBytes + more.readBytes,
          writeBytes + more.writeBytes);
    }

    double ios() {
      return reads + writes;
    }

    double bytes() {
      return readBytes + writeBytes;
    }
  }

  /**
   * The load of a disk.
   *
   * @param rate I/O per second
   * @param inFlight I/Os in flight at the end
   * @param awaitMillis mean latency of an I/O
   * @param util part of the time with I/O in flight, 0 to 1
   * @param share its share of the device time of all guests, 0 to 1
   * @param latencyScoreMillis utilisation times await of its worst device, times its share
   */
  public record Load(
      Io rate,
      double inFlight,
      double awaitMillis,
      double util,
      double share,
      double latencyScoreMillis) {
    /** An unknown load. */
    public static final Load UNKNOWN =
        new Load(new Io(NaN, NaN, NaN, NaN), NaN, NaN, NaN, NaN, NaN);

    /** Whether I/O is in flight and none completed. */
    boolean isStuck() {
      return rate.ios() == 0 && inFlight > 0;
    }
  }

  /** Host, domain and disk, such as {@code dom0-7/vm176/xvda2}. */
  String path() {
    return host + "/" + domain + "/" + disk;
  }

  /** Whether it is the same disk in another refresh. */
  boolean same(DiskLine other) {
    return host.equals(other.host) && uuid.equals(other.uuid) && disk.equals(other.disk);
  }

  /** Whether one of its names contains a text, ignoring case. */
  boolean matches(String text) {
    String wanted = text.toLowerCase(Locale.ROOT);
    return Stream.of(Stream.of(host, domain, disk, role), devices.stream(), threads.stream())
        .flatMap(names -> names)
        .anyMatch(name -> name.toLowerCase(Locale.ROOT).contains(wanted));
  }
}
