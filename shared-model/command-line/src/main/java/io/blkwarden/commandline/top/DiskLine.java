package io.blkwarden.commandline.top;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A disk and its load in the last interval; unknown numbers are {@link Double#NaN}.
 *
 * @param host the host
 * @param domain name of the domain, guest-controlled
 * @param disk virtual device, such as {@code xvda2}
 * @param role {@code root}, {@code swap}, {@code data} or {@code unknown}
 * @param devices names of the physical devices below it; empty if unknown
 * @param threads its proven workers, such as {@code blkback.5.xvda2[1234]}
 * @param load its load
 * @param throttle the throttle and its remaining lease, such as {@code idle 4m 10s}; null if it is
 *     not throttled
 */
public record DiskLine(
    String host,
    String domain,
    String disk,
    String role,
    List<String> devices,
    List<String> threads,
    Load load,
    @Nullable String throttle) {
  public DiskLine {
    devices = List.copyOf(devices);
    threads = List.copyOf(threads);
  }

  /**
   * The load of a disk.
   *
   * @param inFlight I/Os in flight at the end
   * @param iops reads and writes per second
   * @param bytesPerSecond bytes read and written per second
   * @param awaitMillis mean latency of an I/O
   * @param util part of the time with I/O in flight, 0 to 1
   * @param share its share of the device time of all guests, 0 to 1
   * @param latencyScoreMillis utilisation times await of its worst device, times its share
   */
  public record Load(
      double inFlight,
      double iops,
      double bytesPerSecond,
      double awaitMillis,
      double util,
      double share,
      double latencyScoreMillis) {
    /** Whether I/O is in flight and none completed. */
    boolean isStuck() {
      return iops == 0 && inFlight > 0;
    }

    /** An unknown load. */
    public static final Load UNKNOWN =
        new Load(
            Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN);
  }

  /** Whether one of its names contains a text, ignoring case. */
  boolean matches(String text) {
    String wanted = text.toLowerCase(Locale.ROOT);
    return Stream.of(Stream.of(host, domain, disk, role), devices.stream(), threads.stream())
        .flatMap(names -> names)
        .anyMatch(name -> name.toLowerCase(Locale.ROOT).contains(wanted));
  }
}
