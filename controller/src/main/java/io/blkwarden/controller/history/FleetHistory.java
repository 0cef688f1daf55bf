package io.blkwarden.controller.history;

import io.blkwarden.controller.snapshot.DeviceSnapshot;
import io.blkwarden.controller.snapshot.DiskSnapshot;
import io.blkwarden.controller.snapshot.FleetSnapshot;
import io.blkwarden.controller.snapshot.HostSnapshot;
import io.blkwarden.controller.snapshot.ThrottleSnapshot;
import io.blkwarden.model.HostId;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The last snapshot of the fleet, and series of the last 15 minutes; thread-safe.
 *
 * <p>Has series of at most {@link #SERIES_MAX} / 3 devices; further hosts have no charts.
 */
public final class FleetHistory {
  /** Most hosts of an overview. */
  public static final int ROWS_MAX = 1_000;

  /** Most viewers at once. */
  public static final int VIEWERS_MAX = 64;

  /** Most series, in 9 MiB. */
  public static final int SERIES_MAX = 12_288;

  private static final Comparator<HostSnapshot> WORST_FIRST =
      Comparator.comparingInt(
              (HostSnapshot each) -> each.state() == HostSnapshot.State.SILENT ? 0 : 1)
          .thenComparingDouble(each -> -orZero(each.latencyScore()))
          .thenComparing(HostSnapshot::host);

  private final Map<HostId, HostHistory> hosts = new HashMap<>();
  private final Map<HostId, Integer> watched = new HashMap<>();
  private final SeriesTable fleet = new SeriesTable();
  private FleetSnapshot last = FleetSnapshot.of(Instant.EPOCH, List.of(), Map.of());
  private List<FleetSnapshot.NoisyDisk> noisiest = List.of();
  private Map<String, Integer> matches = Map.of();
  private long revision;
  private long refreshes;
  private int series;
  private int viewers;

  /** The last snapshot of a host, and series of its devices. */
  private static final class HostHistory {
    private static final int PER_DEVICE = 3;

    private final SeriesTable lines = new SeriesTable();
    private HostSnapshot snapshot;

    HostHistory(HostSnapshot snapshot) {
      this.snapshot = snapshot;
    }

    /**
     * Adds a snapshot.
     *
     * @param free how many series may be added
     * @return how many were added
     */
    int take(HostSnapshot next, long slot, int free) {
      snapshot = next;
      int before = lines.size();
      for (DeviceSnapshot device : next.devices()) {
        boolean known = lines.contains(device.name() + " util");
        if (known || lines.size() - before + PER_DEVICE <= free) {
          lines.put(device.name() + " util", slot, device.util());
          lines.put(device.name() + " await_ms", slot, device.awaitMs());
          lines.put(device.name() + " in_flight", slot, device.inFlight());
        }
      }
      return lines.size() - before;
    }
  }

  private static double orZero(@Nullable Double value) {
    return value == null ? 0 : value;
  }

  /** Adds a snapshot; {@code all} when it has every host. */
  public synchronized void take(FleetSnapshot snapshot, boolean all) {
    last = snapshot;
    revision++;
    long slot = slot();
    for (HostSnapshot each : snapshot.hosts()) {
      series +=
          hosts
              .computeIfAbsent(each.host(), _ -> new HostHistory(each))
              .take(each, slot, SERIES_MAX - series);
    }
    if (all) {
      dropOthers(snapshot);
      noisiest = snapshot.noisiest();
      matches = snapshot.breaches();
      refreshes++;
      total(snapshot, slot);
    }
  }

  /** Removes hosts that are not in the snapshot. */
  private void dropOthers(FleetSnapshot snapshot) {
    if (snapshot.hosts().size() < hosts.size()) {
      hosts
          .keySet()
          .retainAll(snapshot.hosts().stream().map(HostSnapshot::host).collect(Collectors.toSet()));
      series = hosts.values().stream().mapToInt(each -> each.lines.size()).sum();
    }
  }

  private void total(FleetSnapshot snapshot, long slot) {
    List<HostSnapshot> all = snapshot.hosts();
    Double iops =
        all.stream()
            .flatMap(host -> host.devices().stream())
            .flatMap(device -> Stream.ofNullable(device.iops()))
            .reduce(Double::sum)
            .orElse(null);
    Double worst =
        all.stream()
            .flatMap(host -> Stream.ofNullable(host.latencyScore()))
            .max(Double::compare)
            .orElse(null);
    fleet.put("iops", slot, iops);
    fleet.put("worst_pain_ms", slot, worst);
    fleet.put("breaches", slot, (double) all.stream().mapToInt(HostSnapshot::breaches).sum());
    fleet.put("throttles", slot, (double) snapshot.throttlesInAll());
  }

  /**
   * Adds a viewer of the fleet, or of a host.
   *
   * @return false if there are {@link #VIEWERS_MAX} viewers already
   */
  public synchronized boolean enter(@Nullable HostId host) {
    if (viewers == VIEWERS_MAX) {
      return false;
    }
    viewers++;
    if (host != null) {
      watched.merge(host, 1, Integer::sum);
    }
    return true;
  }

  /** Removes a viewer. */
  public synchronized void leave(@Nullable HostId host) {
    viewers--;
    if (host != null) {
      watched.computeIfPresent(host, (_, count) -> count == 1 ? null : count - 1);
    }
  }

  /** Number of viewers. */
  public synchronized int viewers() {
    return viewers;
  }

  /** The hosts with viewers. */
  public synchronized Set<HostId> watched() {
    return Set.copyOf(watched.keySet());
  }

  /** Number of snapshots of all hosts. */
  public synchronized long refreshes() {
    return refreshes;
  }

  /** Number of snapshots. */
  public synchronized long revision() {
    return revision;
  }

  /**
   * The overview of the fleet.
   *
   * @param at by the controller's clock
   * @param live hosts that report
   * @param silent stale hosts
   * @param unheard hosts that never reported samples
   * @param disks disks of all hosts
   * @param breaches disks over a threshold
   * @param hosts at most {@link #ROWS_MAX}: stale ones first, then by latency score
   * @param leftOut number of further hosts
   * @param noisiest disks with the highest part in their device's latency score
   * @param matches disks over the threshold of each policy, by policy name
   */
  public record Overview(
      Instant at,
      int live,
      int silent,
      int unheard,
      long disks,
      int breaches,
      List<HostSnapshot> hosts,
      int leftOut,
      List<FleetSnapshot.NoisyDisk> noisiest,
      Map<String, Integer> matches) {}

  /** The overview. */
  public synchronized Overview overview() {
    List<HostSnapshot> all =
        hosts.values().stream().map(each -> each.snapshot).sorted(WORST_FIRST).toList();
    Map<HostSnapshot.State, Integer> states =
        all.stream()
            .collect(Collectors.groupingBy(HostSnapshot::state, Collectors.summingInt(_ -> 1)));
    int shown = Math.min(ROWS_MAX, all.size());
    return new Overview(
        last.at(),
        states.getOrDefault(HostSnapshot.State.LIVE, 0),
        states.getOrDefault(HostSnapshot.State.SILENT, 0),
        states.getOrDefault(HostSnapshot.State.UNHEARD, 0),
        all.stream().mapToLong(HostSnapshot::disks).sum(),
        all.stream().mapToInt(HostSnapshot::breaches).sum(),
        List.copyOf(all.subList(0, shown)),
        all.size() - shown,
        noisiest,
        matches);
  }

  /** The last snapshot. */
  public synchronized FleetSnapshot last() {
    return last;
  }

  /**
   * Series of the last minutes.
   *
   * @param endMs time of the last value, in ms since 1970
   * @param stepMs time between two values
   * @param lines values by name, the oldest first, all of the same length; null where unknown
   */
  public record Chart(long endMs, long stepMs, Map<String, List<@Nullable Double>> lines) {}

  /** The fleet's series. */
  public synchronized Chart chart() {
    return fleet.chart(slot());
  }

  private long slot() {
    return SeriesTable.slot(last.at().toEpochMilli());
  }

  /**
   * The page of a host.
   *
   * @param at by the controller's clock
   * @param host its numbers
   * @param disks its disks; absent until the engine has sent them, within 2 s
   * @param throttles its leases
   * @param chart series of its devices
   */
  public record HostPage(
      Instant at,
      HostSnapshot host,
      @Nullable List<DiskSnapshot> disks,
      List<ThrottleSnapshot> throttles,
      Chart chart) {}

  /** The page of a host; empty when it is unknown. */
  public synchronized Optional<HostPage> host(HostId host) {
    HostHistory known = hosts.get(host);
    if (known == null) {
      return Optional.empty();
    }
    return Optional.of(
        new HostPage(
            last.at(),
            known.snapshot,
            last.disks().get(host),
            last.throttles().stream().filter(each -> each.host().equals(host)).toList(),
            known.lines.chart(slot())));
  }
}
