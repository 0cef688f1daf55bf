package io.blkwarden.controller.step;

import io.blkwarden.controller.fleet.HostState;
import io.blkwarden.controller.fleet.Metric;
import io.blkwarden.controller.step.FleetReading.DiskReading;
import io.blkwarden.controller.step.FleetReading.HostReading;
import io.blkwarden.controller.step.FleetReading.ThrottleReading;
import io.blkwarden.model.DiskKey;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;

/** Makes a {@link FleetReading}; looks at each disk once, and keeps those asked for only. */
final class FleetReader {
  private static final Comparator<HostReading> WORST_FIRST =
      Comparator.comparingInt((HostReading each) -> each.live() ? 1 : 0)
          .thenComparingDouble(each -> -known(each.ioFull()))
          .thenComparing(HostReading::host);

  /** A row and how much of its device it takes. */
  private record Ranked(HostWatch watch, int row, double rank) {}

  /** The least first, which is the one that gives way. */
  private static final Comparator<Ranked> LEAST_FIRST =
      Comparator.comparingDouble(Ranked::rank)
          .thenComparing(each -> each.watch().host(), Comparator.reverseOrder())
          .thenComparing(Ranked::row, Comparator.reverseOrder());

  private final World world;
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
  FleetReader(World world, int most) {
    this.world = world;
    this.most = most;
  }

  FleetReading read() {
    world.hosts.values().forEach(this::host);
    hosts.sort(WORST_FIRST);
    List<ThrottleReading> held = held();
    int shown = Math.min(hosts.size(), FleetReading.HOSTS_MAX);
    return new FleetReading(
        live,
        silent,
        hosts.size() - live - silent,
        disks,
        hosts.subList(0, shown),
        hosts.size() - shown,
        disks(),
        held.subList(0, Math.min(held.size(), FleetReading.THROTTLES_MAX)),
        held.size(),
        breaches());
  }

  private static double known(double value) {
    return Double.isNaN(value) ? 0 : value;
  }

  private void host(HostWatch watch) {
    HostState state = watch.state;
    int present = 0;
    for (int row = 0; row < state.rows(); row++) {
      if (!state.gone(row)) {
        present++;
        if (watch.live) {
          rank(watch, row);
        }
      }
    }
    live += watch.live ? 1 : 0;
    silent += watch.silent ? 1 : 0;
    disks += present;
    hosts.add(
        new HostReading(
            watch.host(),
            watch.live,
            present,
            watch.value(Metric.HOST_IO_SOME, 0),
            watch.value(Metric.HOST_IO_FULL, 0),
            highest(watch, Metric.DEVICE_UTIL),
            highest(watch, Metric.DEVICE_AWAIT),
            state.implausible()));
  }

  private static double highest(HostWatch watch, Metric metric) {
    double highest = Double.NaN;
    for (int device = 0; device < watch.state.devices().size(); device++) {
      double value = watch.deviceValue(metric, device);
      highest = highest >= value || Double.isNaN(value) ? highest : value;
    }
    return highest;
  }

  /** The only disk at work has all of its device's time, so what the device does counts as well. */
  private void rank(HostWatch watch, int row) {
    double rank =
        watch.state.value(Metric.DEVICE_TIME_SHARE, row)
            * watch.state.value(Metric.DEVICE_UTIL, row);
    boolean all = most == Integer.MAX_VALUE;
    if (all || (rank > 0 && rank >= bar)) {
      busiest.add(new Ranked(watch, row, known(rank)));
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
      HostState state = each.watch().state;
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
    for (Throttle each : world.throttles.all()) {
      if (each.stage != Throttle.Stage.REQUESTED) {
        held.add(
            new ThrottleReading(
                each.host, each.domain, each.disk, world.millis() - each.heldSinceMillis));
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
    world.rules().ofDisks.forEach(policy -> breaches.put(policy.name(), 0));
    for (HostWatch watch : world.hosts.values()) {
      for (Case each : watch.cases.values()) {
        if (each.breached()) {
          breaches.merge(each.policy.name(), 1, Integer::sum);
        }
      }
    }
    return breaches;
  }
}
