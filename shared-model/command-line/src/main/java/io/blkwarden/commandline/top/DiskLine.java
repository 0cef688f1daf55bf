package io.blkwarden.commandline.top;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A disk and what it did in the last window; numbers that are unknown are {@link Double#NaN}.
 *
 * @param host where
 * @param domain name of the domain, as its owner chose it
 * @param disk virtual device, such as {@code xvda2}
 * @param role {@code root}, {@code swap}, {@code data} or {@code unknown}
 * @param devices names of the physical devices below it; empty when they are not known
 * @param threads those that are proven to serve it, such as {@code blkback.5.xvda2[1234]}
 * @param load what it did
 * @param throttle what holds it back and for how long, such as {@code idle 4m 10s}; absent when it
 *     is not throttled
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
   * What a disk did.
   *
   * @param inFlight I/Os that waited or ran at the end
   * @param iops reads and writes a second
   * @param bytesPerSecond bytes read and written a second
   * @param awaitMillis mean time of an I/O
   * @param util part of the time in which any I/O was in flight, 0 to 1
   * @param share its part of the time that all guests' I/Os on its device took, 0 to 1
   * @param painMillis utilisation times wait of its device where that is worst, times its share:
   *     the disk's part of how long an I/O waits there
   */
  public record Load(
      double inFlight,
      double iops,
      double bytesPerSecond,
      double awaitMillis,
      double util,
      double share,
      double painMillis) {
    /** Whether I/O is in flight and none completed. */
    boolean isStuck() {
      return iops == 0 && inFlight > 0;
    }

    /** Nothing is known. */
    public static final Load UNKNOWN =
        new Load(
            Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN);
  }

  /** Whether a text stands in any of its names, in any case. */
  boolean bears(String text) {
    String wanted = text.toLowerCase(Locale.ROOT);
    return Stream.of(Stream.of(host, domain, disk, role), devices.stream(), threads.stream())
        .flatMap(names -> names)
        .anyMatch(name -> name.toLowerCase(Locale.ROOT).contains(wanted));
  }
}
