package io.blkwarden.controller.engine;

import io.blkwarden.model.DiskKey;
import io.blkwarden.model.DomainRef;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MappedDisk;
import java.util.List;
import java.util.Map;

/**
 * The engine's state for metrics; bounded for any fleet size.
 *
 * <p>Values are means over the last window between two samples, and {@link Double#NaN} where they
 * are unknown, as for a host without samples.
 *
 * @param live hosts that report
 * @param silent hosts that stopped reporting
 * @param unheard hosts that never reported samples
 * @param disks disks of all hosts that are not gone
 * @param hosts at most {@link #HOSTS_MAX}: those that are not live first, then the most stalled
 * @param hostsLeftOut hosts beyond that bound
 * @param busiest the busiest disks, by share of device time
 * @param longest at most {@link #THROTTLES_MAX} throttles in force, the oldest first
 * @param throttles number of throttles in force
 * @param breaches disks, devices or hosts over the threshold of each policy, by policy name
 */
public record MetricsSnapshot(
    int live,
    int silent,
    int unheard,
    long disks,
    List<HostReading> hosts,
    int hostsLeftOut,
    List<DiskReading> busiest,
    List<ThrottleReading> longest,
    int throttles,
    Map<String, Integer> breaches) {
  /** Most hosts with numbers of their own. */
  public static final int HOSTS_MAX = 1_000;

  /** Most throttles with numbers of their own. */
  public static final int THROTTLES_MAX = 100;

  public MetricsSnapshot {
    hosts = List.copyOf(hosts);
    busiest = List.copyOf(busiest);
    longest = List.copyOf(longest);
    breaches = Map.copyOf(breaches);
  }

  /**
   * A host.
   *
   * @param host which
   * @param live whether it reports
   * @param disks how many it has
   * @param ioSome part of the time in which some task of dom0 waited for I/O
   * @param ioFull the same of all its tasks
   * @param deviceUtil part of the time in which its busiest physical device worked
   * @param deviceAwaitMillis mean time of an I/O of its slowest physical device
   * @param implausible counters, clocks and numbers that are impossible, treated as unknown
   */
  public record HostReading(
      HostId host,
      boolean live,
      int disks,
      double ioSome,
      double ioFull,
      double deviceUtil,
      double deviceAwaitMillis,
      long implausible) {}

  /**
   * A disk.
   *
   * @param host where
   * @param disk which
   * @param share its part of the time that all guests' I/Os on its physical device took
   * @param util part of the time in which any of its I/Os was in flight
   * @param readIops reads a second
   * @param writeIops writes a second
   * @param readBytes bytes read a second
   * @param writeBytes bytes written a second
   * @param awaitMillis mean time of an I/O
   */
  public record DiskReading(
      HostId host,
      MappedDisk disk,
      double share,
      double util,
      double readIops,
      double writeIops,
      double readBytes,
      double writeBytes,
      double awaitMillis) {}

  /**
   * A throttle in force.
   *
   * @param host where
   * @param domain whose
   * @param disk which
   * @param heldMillis since when
   */
  public record ThrottleReading(HostId host, DomainRef domain, DiskKey disk, long heldMillis) {}
}
