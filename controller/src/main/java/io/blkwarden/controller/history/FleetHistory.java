package io.blkwarden.controller.history;

import io.blkwarden.controller.snapshot.DeviceSnapshot;
import io.blkwarden.controller.snapshot.DiskSnapshot;
import io.blkwarden.controller.snapshot.FleetSnapshot;
import io.blkwarden.controller.snapshot.HostSnapshot;
import io.blkwarden.controller.snapshot.ThrottleSnapshot;
import io.blkwarden.model.HostId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What was last seen of the fleet, and its numbers over the last 15 minutes; safe for use by
 * several threads.
 *
 * <p>Keeps series of at most {@link #SERIES_MAX} / 3 devices: hosts beyond that have no charts.
 */
public final class FleetHistory {
  /** Most hosts of an overview. */
  public static final int ROWS_MAX = 1_000;

  /** Most who may look at once. */
  public static final int VIEWERS_MAX = 64;

  /** Most series; 9 MiB of them. */
  public static final int SERIES_MAX = 12_288;

  private static final Comparator<HostSnapshot> WORST_FIRST =
      Comparator.comparingInt(
              (HostSnapshot each) -> each.state() == HostSnapshot.State.SILENT ? 0 : 1)
          .thenComparingDouble(each -> -orZero(each.pain()))
          .thenComparing(HostSnapshot::host);

  private final Map<HostId, HostHistory> hosts = new HashMap<>();
  private final Map<HostId, Integer> watched = new HashMap<>();
  private final Map<String, Series> fleet = new LinkedHashMap<>();
  private FleetSnapshot last =
      new FleetSnapshot(Instant.EPOCH, List.of(), Map.of(), List.of(), 0, List.of());
  private long revision;
  private long looks;
  private int series;
  private int viewers;

  private static double orZero(@Nullable Double value) {
    return value == null ? 0 : value;
  }

  /** Takes what the engine showed; {@code all} when every host is in it. */
  public synchronized void take(FleetSnapshot snapshot, boolean all) {
    last = snapshot;
    revision++;
    long slot = Series.slot(snapshot.at().toEpochMilli());
    for (HostSnapshot each : snapshot.hosts()) {
      series +=
          hosts
              .computeIfAbsent(each.host(), _ -> new HostHistory(each))
              .take(each, slot, SERIES_MAX - series);
    }
    if (all) {
      dropOthers(snapshot);
      looks++;
      total(snapshot, slot);
    }
  }

  /** Hosts that the engine has forgotten are forgotten here. */
  private void dropOthers(FleetSnapshot snapshot) {
    if (snapshot.hosts().size() < hosts.size()) {
      Set<HostId> known =
          snapshot.hosts().stream().map(HostSnapshot::host).collect(Collectors.toSet());
      hosts
          .entrySet()
          .removeIf(each -> {
            boolean gone = !known.contains(each.getKey());
            series -= gone ? each.getValue().lines() : 0;
            return gone;
          });
    }
  }

  private void total(FleetSnapshot snapshot, long slot) {
    double iops = 0;
    double worst = 0;
    int breaches = 0;
    for (HostSnapshot host : snapshot.hosts()) {
      worst = Math.max(worst, orZero(host.pain()));
      breaches += host.breaches();
      for (DeviceSnapshot device : host.devices()) {
        iops += orZero(device.iops());
      }
    }
    put("iops", slot, iops);
    put("worst_pain_ms", slot, worst);
    put("breaches", slot, breaches);
    put("throttles", slot, snapshot.throttlesInAll());
  }

  private void put(String name, long slot, double value) {
    fleet.computeIfAbsent(name, _ -> new Series()).put(slot, value);
  }

  /**
   * Somebody looks at the fleet from now on; at a host, if one is named.
   *
   * @return false when {@link #VIEWERS_MAX} look already, and nothing was noted
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

  /** Somebody looks no more. */
  public synchronized void leave(@Nullable HostId host) {
    viewers--;
    if (host != null) {
      watched.computeIfPresent(host, (_, count) -> count == 1 ? null : count - 1);
    }
  }

  /** How many look. */
  public synchronized int viewers() {
    return viewers;
  }

  /** The hosts that somebody looks at. */
  public synchronized Set<HostId> watched() {
    return Set.copyOf(watched.keySet());
  }

  /** Grows with each look at all hosts. */
  public synchronized long looks() {
    return looks;
  }

  /** Grows with each look. */
  public synchronized long revision() {
    return revision;
  }

  /**
   * A fleet as its overview shows it.
   *
   * @param at by the controller's clock
   * @param live hosts whose samples come
   * @param silent hosts whose samples come no more
   * @param unheard hosts that are known by their map alone
   * @param disks disks of all hosts
   * @param breaches disks above a level
   * @param hosts at most {@link #ROWS_MAX}: silent ones, then the worst first
   * @param leftOut hosts beyond that
   */
  public record Overview(
      Instant at,
      int live,
      int silent,
      int unheard,
      long disks,
      int breaches,
      List<HostSnapshot> hosts,
      int leftOut) {}

  /** The fleet. */
  public synchronized Overview overview() {
    List<HostSnapshot> all = new ArrayList<>();
    hosts.values().forEach(each -> all.add(each.look()));
    all.sort(WORST_FIRST);
    Map<HostSnapshot.State, Integer> states = new HashMap<>();
    long disks = 0;
    int breaches = 0;
    for (HostSnapshot each : all) {
      states.merge(each.state(), 1, Integer::sum);
      disks += each.disks();
      breaches += each.breaches();
    }
    int shown = Math.min(ROWS_MAX, all.size());
    return new Overview(
        last.at(),
        states.getOrDefault(HostSnapshot.State.LIVE, 0),
        states.getOrDefault(HostSnapshot.State.SILENT, 0),
        states.getOrDefault(HostSnapshot.State.UNHEARD, 0),
        disks,
        breaches,
        List.copyOf(all.subList(0, shown)),
        all.size() - shown);
  }

  /** The last look: throttles and proposals. */
  public synchronized FleetSnapshot last() {
    return last;
  }

  /** The fleet's numbers over time. */
  public synchronized Chart chart() {
    long slot = Series.slot(last.at().toEpochMilli());
    Map<String, List<@Nullable Double>> lines = new LinkedHashMap<>();
    fleet.forEach((name, each) -> lines.put(name, each.until(slot)));
    return new Chart(slot * Series.STEP_MILLIS, Series.STEP_MILLIS, lines);
  }

  /**
   * A host as its page shows it.
   *
   * @param at by the controller's clock
   * @param host its numbers
   * @param disks its disks; absent until the engine was asked for them, within a second or two
   * @param throttles its leases
   * @param chart its devices over time
   */
  public record HostPage(
      Instant at,
      HostSnapshot host,
      @Nullable List<DiskSnapshot> disks,
      List<ThrottleSnapshot> throttles,
      Chart chart) {}

  /** A host; empty when it is not known. */
  public synchronized Optional<HostPage> host(HostId host) {
    HostHistory known = hosts.get(host);
    if (known == null) {
      return Optional.empty();
    }
    return Optional.of(
        new HostPage(
            last.at(),
            known.look(),
            last.disks().get(host),
            last.throttles().stream().filter(each -> each.host().equals(host)).toList(),
            known.chart(Series.slot(last.at().toEpochMilli()))));
  }
}
