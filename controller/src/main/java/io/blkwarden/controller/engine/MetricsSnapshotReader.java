package io.blkwarden.controller.engine;

import io.blkwarden.controller.engine.MetricsSnapshot.DiskReading;
import io.blkwarden.controller.engine.MetricsSnapshot.HostReading;
import io.blkwarden.controller.engine.MetricsSnapshot.ThrottleReading;
import io.blkwarden.controller.fleet.HostState;
import io.blkwarden.controller.fleet.Metric;
import io.blkwarden.controller.throttle.Lease;
import io.blkwarden.controller.throttle.ThrottleState;
import io.blkwarden.model.DiskKey;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;

/** Builds a {@link MetricsSnapshot} in one pass over the disks. */
final class MetricsSnapshotReader {
  private static final Comparator<HostReading> WORST_FIRST =
      Comparator.comparingInt((HostReading each) -> each.live() ? 1 : 0)
          .thenComparingDouble(each -> -known(each.ioFull()))
          .thenComparing(HostReading::host);

  /** A row and its share of device time. */
  private record Ranked(HostTracker tracker, int row, double rank) {}

  /** The smallest first: it is replaced first. */
  private static final Comparator<Ranked> LEAST_FIRST =
      Comparator.comparingDouble(Ranked::rank)
          .thenComparing(each -> each.tracker().host(), Comparator.reverseOrder())
          .thenComparing(Ranked::row, Comparator.reverseOrder());

  private final EngineState engine;
  private final int most;
  private final List<HostReading> hosts = new ArrayList<>();
  private final PriorityQueue<Ranked> busiest = new PriorityQueue<>(LEAST_FIRST);
  private double bar;
  private int live;
  private int silent;
  private long disks;

  /**
   * A reader.
   *
   * @param most how many of the busiest disks are wanted
   */
  MetricsSnapshotReader(EngineState engine, int most) {
    this.engine = engine;
    this.most = most;
  }

  MetricsSnapshot read() {
    engine.hosts.values().forEach(this::host);
    hosts.sort(WORST_FIRST);
    List<ThrottleReading> held = held();
    int shown = Math.min(hosts.size(), MetricsSnapshot.HOSTS_MAX);
    return new MetricsSnapshot(
        live,
        silent,
        hosts.size() - live - silent,
        disks,
        hosts.subList(0, shown),
        hosts.size() - shown,
        disks(),
        held.subList(0, Math.min(held.size(), MetricsSnapshot.THROTTLES_MAX)),
        held.size(),
        breaches());
  }

  private static double known(double value) {
    return Double.isNaN(value) ? 0 : value;
  }

  private void host(HostTracker tracker) {
    HostState state = tracker.state;
    int present = 0;
    for (int row = 0; row < state.rows(); row++) {
      if (!state.gone(row)) {
        present++;
        if (tracker.live) {
          rank(tracker, row);
        }
      }
    }
    live += tracker.live ? 1 : 0;
    silent += tracker.silent ? 1 : 0;
    disks += present;
    hosts.add(
        new HostReading(
            tracker.host(),
            tracker.live,
            present,
            tracker.value(Metric.HOST_IO_SOME, 0),
            tracker.value(Metric.HOST_IO_FULL, 0),
            highest(tracker, Metric.DEVICE_UTIL),
            highest(tracker, Metric.DEVICE_AWAIT),
            state.implausible()));
  }

  private static double highest(HostTracker tracker, Metric metric) {
    double highest = Double.NaN;
    for (int device = 0; device < tracker.state.devices().size(); device++) {
      double value = tracker.deviceValue(metric, device);
      highest = highest >= value || Double.isNaN(value) ? highest : value;
    }
    return highest;
  }

  /** The only disk at work has all of its device's time, so what the device does counts as well. */
  private void rank(HostTracker tracker, int row) {
    double rank =
        tracker.state.value(Metric.DEVICE_TIME_SHARE, row)
            * tracker.state.value(Metric.DEVICE_UTIL, row);
    boolean all = most == Integer.MAX_VALUE;
    if (all || (rank > 0 && rank >= bar)) {
      busiest.add(new Ranked(tracker, row, known(rank)));
      if (busiest.size() > most) {
        busiest.poll();
        bar = busiest.isEmpty() ? bar : busiest.peek().rank();
      }
    }
  }

  private List<DiskReading> disks() {
    List<Ranked> ranked = new ArrayList<>(busiest);
    ranked.sort(LEAST_FIRST.reversed());
    List<DiskReading> readings = new ArrayList<>(ranked.size());
    Set<List<Object>> seen = new HashSet<>();
    for (Ranked each : ranked) {
      HostState state = each.tracker().state;
      // a domain that restarts may have the same disk twice for a moment
      if (seen.add(List.of(state.host(), state.disk(each.row()).key()))) {
        readings.add(reading(state, each.row()));
      }
    }
    return readings;
  }

  private static DiskReading reading(HostState state, int row) {
    return new DiskReading(
        state.host(),
        state.disk(row),
        state.value(Metric.DEVICE_TIME_SHARE, row),
        state.value(Metric.UTIL, row),
        state.value(Metric.READ_IOPS, row),
        state.value(Metric.WRITE_IOPS, row),
        state.value(Metric.READ_BYTES, row),
        state.value(Metric.WRITE_BYTES, row),
        state.value(Metric.AWAIT, row));
  }

  private List<ThrottleReading> held() {
    List<ThrottleReading> held = new ArrayList<>();
    for (Throttle each : engine.throttles.all()) {
      Lease lease = each.lease();
      if (lease != null && !(each.state instanceof ThrottleState.Requested)) {
        held.add(
            new ThrottleReading(
                each.host, each.domain, each.disk, engine.millis() - lease.sinceMillis()));
      }
    }
    held.sort(
        Comparator.comparingLong(ThrottleReading::heldMillis)
            .reversed()
            .thenComparing(ThrottleReading::host)
            .thenComparing(ThrottleReading::disk, Comparator.<DiskKey>naturalOrder()));
    return held;
  }

  private Map<String, Integer> breaches() {
    Map<String, Integer> breaches = new TreeMap<>();
    engine.policies().ofDisks.forEach(policy -> breaches.put(policy.name(), 0));
    engine.policies().ofScopes.forEach(policy -> breaches.put(policy.name(), 0));
    for (HostTracker tracker : engine.hosts.values()) {
      for (Evaluation each : tracker.evaluations.values()) {
        if (each.breached()) {
          breaches.merge(each.policy.name(), 1, Integer::sum);
        }
      }
      for (ScopedAlert each : tracker.scoped) {
        if (each.breached()) {
          breaches.merge(each.policy.name(), 1, Integer::sum);
        }
      }
    }
    return breaches;
  }
}
