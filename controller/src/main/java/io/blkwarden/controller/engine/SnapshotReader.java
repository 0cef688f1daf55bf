package io.blkwarden.controller.engine;

import io.blkwarden.controller.fleet.HostState;
import io.blkwarden.controller.fleet.Metric;
import io.blkwarden.controller.snapshot.DeviceSnapshot;
import io.blkwarden.controller.snapshot.DiskSnapshot;
import io.blkwarden.controller.snapshot.FleetSnapshot;
import io.blkwarden.controller.snapshot.HostSnapshot;
import io.blkwarden.controller.snapshot.KnownNumbers;
import io.blkwarden.controller.snapshot.ThrottleSnapshot;
import io.blkwarden.controller.throttle.EffectReport;
import io.blkwarden.controller.throttle.Lease;
import io.blkwarden.controller.throttle.ThrottleState;
import io.blkwarden.model.DiskKey;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MappingState;
import io.blkwarden.model.PhysicalDevice;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Makes a {@link FleetSnapshot}; read-only. */
final class SnapshotReader {
  private static final int UUID_LENGTH = 36;

  /** A row and its rank among all disks. */
  private record Ranked(HostTracker tracker, int row, double rank) {
    DiskSnapshot disk() {
      return SnapshotReader.disk(tracker, row, tracker.state.disk(row), List.of());
    }
  }

  /** The smallest first: it is replaced first. */
  private static final Comparator<Ranked> LEAST_FIRST =
      Comparator.comparingDouble(Ranked::rank)
          .thenComparing(each -> each.tracker().host(), Comparator.reverseOrder())
          .thenComparing(Ranked::row, Comparator.reverseOrder());

  private final EngineState engine;
  private final Proposals proposals;
  private final Map<HostId, Integer> throttlesByHost = new HashMap<>();
  private final Map<String, Integer> breaches = new TreeMap<>();

  SnapshotReader(EngineState engine, Proposals proposals) {
    this.engine = engine;
    this.proposals = proposals;
    engine.throttleTable.all().forEach(each -> throttlesByHost.merge(each.host, 1, Integer::sum));
    engine.policies.diskPolicies.forEach(policy -> breaches.put(policy.name(), 0));
    engine.policies.scopedPolicies.forEach(policy -> breaches.put(policy.name(), 0));
  }

  FleetSnapshot read(FleetSnapshot.Parts parts) {
    List<HostTracker> requested =
        parts.hosts().stream().flatMap(each -> Stream.ofNullable(engine.hosts.get(each))).toList();
    Collection<HostTracker> shown = parts.allHosts() ? engine.hosts.values() : requested;
    List<HostSnapshot> hosts = shown.stream().map(this::host).toList();
    Map<HostId, List<DiskSnapshot>> disks = new HashMap<>();
    requested.forEach(tracker -> disks.put(tracker.host(), disks(tracker)));
    List<ThrottleSnapshot> throttles = throttles();
    return new FleetSnapshot(
        engine.now.wall(),
        hosts,
        disks,
        parts.busiest() == 0 ? List.of() : busiest(parts.busiest()),
        breaches,
        throttles.subList(0, Math.min(throttles.size(), FleetSnapshot.THROTTLES_MAX)),
        throttles.size(),
        (int) throttles.stream().filter(ThrottleSnapshot::inForce).count(),
        proposals.shown(),
        parts.allHosts() ? noisiest(hosts) : List.of());
  }

  private record HostScore(HostId host, double score) {}

  /**
   * The disks with the highest part in their device's latency score. A disk's score is at most that
   * of its host, so hosts below the lowest score found are not read.
   */
  private List<FleetSnapshot.NoisyDisk> noisiest(List<HostSnapshot> hosts) {
    PriorityQueue<Ranked> highest = new PriorityQueue<>(LEAST_FIRST);
    List<HostScore> worstFirst = new ArrayList<>();
    for (HostSnapshot host : hosts) {
      Double score = host.latencyScore();
      if (score != null) {
        worstFirst.add(new HostScore(host.host(), score));
      }
    }
    worstFirst.sort(Comparator.comparingDouble(HostScore::score).reversed());
    int most = FleetSnapshot.NOISIEST_MAX;
    for (HostScore host : worstFirst) {
      HostTracker tracker = engine.hosts.get(host.host());
      if (tracker == null || (highest.size() == most && host.score() < highest.element().rank())) {
        break;
      }
      for (int row = 0; row < tracker.state.rows(); row++) {
        double score = timeTaken(tracker, row) * tracker.value(Metric.DEVICE_AWAIT, row);
        if (score > 0 && !tracker.state.gone(row)) {
          offer(highest, most, tracker, row, score);
        }
      }
    }
    return highest.stream()
        .sorted(LEAST_FIRST.reversed())
        .map(each -> new FleetSnapshot.NoisyDisk(each.tracker.host(), each.disk(), each.rank))
        .toList();
  }

  /** The share of the time of its device in which the disk had I/O in flight. */
  private static double timeTaken(HostTracker tracker, int row) {
    // the only active disk has all of its device's time, so the device's utilisation counts too
    return tracker.value(Metric.DEVICE_TIME_SHARE, row) * tracker.value(Metric.DEVICE_UTIL, row);
  }

  /** Adds a row unless there are {@code most} of a higher rank; drops the lowest beyond that. */
  private static void offer(
      PriorityQueue<Ranked> highest, int most, HostTracker tracker, int row, double rank) {
    boolean full = highest.size() == most;
    if (!full || rank >= highest.element().rank()) {
      highest.add(new Ranked(tracker, row, rank));
      if (full) {
        highest.remove();
      }
    }
  }

  /**
   * The first hosts and disks whose names contain the text, in any case.
   *
   * @param most how many hosts, and how many disks
   */
  FleetSnapshot search(String text, int most) {
    List<HostSnapshot> hosts = new ArrayList<>();
    Map<HostId, List<DiskSnapshot>> disks = new HashMap<>();
    int found = 0;
    for (HostTracker tracker : engine.hosts.values()) {
      if (hosts.size() < most && contains(tracker.host().value(), text)) {
        hosts.add(host(tracker));
      }
      for (int row = 0; row < tracker.state.rows() && found < most; row++) {
        if (!tracker.state.gone(row) && named(tracker.state.names(row), text)) {
          disks
              .computeIfAbsent(tracker.host(), _ -> new ArrayList<>())
              .add(disk(tracker, row, tracker.state.disk(row), List.of()));
          found++;
        }
      }
      if (hosts.size() == most && found == most) {
        break;
      }
    }
    return FleetSnapshot.of(engine.now.wall(), hosts, disks);
  }

  private static boolean named(HostState.Names disk, String text) {
    return contains(disk.name(), text)
        || (text.length() == UUID_LENGTH && disk.domain().toString().equalsIgnoreCase(text))
        || (disk.path() != null && contains(disk.path(), text))
        || disk.vdev().equalsIgnoreCase(text);
  }

  private static boolean contains(String name, String text) {
    char lower = Character.toLowerCase(text.charAt(0));
    char upper = Character.toUpperCase(lower);
    int last = name.length() - text.length();
    for (int i = 0; i <= last; i++) {
      char first = name.charAt(i);
      if ((first == lower || first == upper)
          && name.regionMatches(true, i, text, 0, text.length())) {
        return true;
      }
    }
    return false;
  }

  /** The disks with the largest shares of device time, in one pass over all disks. */
  private List<FleetSnapshot.BusyDisk> busiest(int most) {
    PriorityQueue<Ranked> busiest = new PriorityQueue<>(LEAST_FIRST);
    for (HostTracker tracker : engine.hosts.values()) {
      for (int row = 0; tracker.live && row < tracker.state.rows(); row++) {
        double rank = timeTaken(tracker, row);
        if (!tracker.state.gone(row) && (most == Integer.MAX_VALUE || rank > 0)) {
          offer(busiest, most, tracker, row, Double.isNaN(rank) ? 0 : rank);
        }
      }
    }
    List<FleetSnapshot.BusyDisk> disks = new ArrayList<>(busiest.size());
    Set<List<Object>> seen = new HashSet<>();
    for (Ranked each : busiest.stream().sorted(LEAST_FIRST.reversed()).toList()) {
      DiskSnapshot disk = each.disk();
      // a domain that restarts may have the same disk twice for a moment
      if (seen.add(List.of(each.tracker.host(), disk.mapped().key()))) {
        disks.add(new FleetSnapshot.BusyDisk(each.tracker.host(), disk));
      }
    }
    return disks;
  }

  private HostSnapshot host(HostTracker tracker) {
    HostState state = tracker.state;
    List<DeviceSnapshot> devices = new ArrayList<>();
    List<PhysicalDevice> known = state.devices();
    for (int row = 0; row < known.size(); row++) {
      devices.add(
          new DeviceSnapshot(
              known.get(row).name(),
              Objects.requireNonNullElse(known.get(row).scheduler(), "unknown"),
              known.get(row).actuator().wire(),
              ofDevice(tracker, Metric.DEVICE_UTIL, row),
              ofDevice(tracker, Metric.DEVICE_AWAIT, row),
              ofDevice(tracker, Metric.DEVICE_IN_FLIGHT, row),
              ofDevice(tracker, Metric.DEVICE_IOPS, row)));
    }
    List<String> breached =
        Stream.concat(
                tracker.evaluations.values().stream()
                    .filter(Evaluation::breached)
                    .map(each -> each.policy.name()),
                tracker.scoped.stream()
                    .filter(ScopedAlert::breached)
                    .map(each -> each.policy.name()))
            .toList();
    breached.forEach(policy -> breaches.merge(policy, 1, Integer::sum));
    return new HostSnapshot(
        tracker.host(),
        tracker.live
            ? HostSnapshot.State.LIVE
            : tracker.stale ? HostSnapshot.State.SILENT : HostSnapshot.State.UNHEARD,
        state.present(),
        breached.size(),
        throttlesByHost.getOrDefault(tracker.host(), 0),
        ofDisk(tracker, Metric.HOST_IO_SOME, 0),
        ofDisk(tracker, Metric.HOST_IO_FULL, 0),
        devices,
        state.implausible());
  }

  private static @Nullable Double ofDevice(HostTracker tracker, Metric metric, int row) {
    return KnownNumbers.of(tracker.deviceValue(metric, row));
  }

  private static @Nullable Double ofDisk(HostTracker tracker, Metric metric, int row) {
    return KnownNumbers.of(tracker.value(metric, row));
  }

  private List<DiskSnapshot> disks(HostTracker tracker) {
    Map<Integer, List<String>> policies = new HashMap<>();
    for (Evaluation each : tracker.evaluations.values()) {
      if (each.breached()) {
        policies.computeIfAbsent(each.row, _ -> new ArrayList<>()).add(each.policy.name());
      }
    }
    List<DiskSnapshot> disks = new ArrayList<>();
    for (int row = 0; row < tracker.state.rows(); row++) {
      MappedDisk disk = tracker.state.disk(row);
      if (disk.state() != MappingState.GONE) {
        disks.add(disk(tracker, row, disk, policies.getOrDefault(row, List.of())));
      }
    }
    return disks;
  }

  private static DiskSnapshot disk(
      HostTracker tracker, int row, MappedDisk disk, List<String> policies) {
    return new DiskSnapshot(
        disk,
        ofDisk(tracker, Metric.IOPS, row),
        ofDisk(tracker, Metric.READ_IOPS, row),
        ofDisk(tracker, Metric.WRITE_IOPS, row),
        ofDisk(tracker, Metric.READ_BYTES, row),
        ofDisk(tracker, Metric.WRITE_BYTES, row),
        ofDisk(tracker, Metric.AWAIT, row),
        ofDisk(tracker, Metric.UTIL, row),
        ofDisk(tracker, Metric.DEVICE_TIME_SHARE, row),
        ofDisk(tracker, Metric.READ_AWAIT, row),
        ofDisk(tracker, Metric.WRITE_AWAIT, row),
        ofDisk(tracker, Metric.IN_FLIGHT, row),
        policies);
  }

  private List<ThrottleSnapshot> throttles() {
    List<ThrottleSnapshot> throttles = new ArrayList<>();
    for (Throttle each : engine.throttleTable.all()) {
      if (each.state instanceof ThrottleState.Leased held) {
        throttles.add(throttle(each, held));
      }
    }
    throttles.sort(
        Comparator.comparing(ThrottleSnapshot::since)
            .thenComparing(ThrottleSnapshot::host)
            .thenComparing(each -> DiskKey.of(each.domain(), each.vdev())));
    return throttles;
  }

  private ThrottleSnapshot throttle(Throttle each, ThrottleState.Leased held) {
    Evaluation owner = each.owner;
    Breach breach = owner == null ? null : owner.breach;
    EffectReport report = breach == null ? null : held.report();
    Lease lease = held.lease();
    return new ThrottleSnapshot(
        lease.id(),
        each.host,
        each.domain,
        each.disk.vdev(),
        lease.restraint().toString(),
        stage(held),
        owner == null ? null : owner.policy.name(),
        lease.operator(),
        lease.reason(),
        wall(lease.sinceMillis()),
        wall(lease.endsMillis()),
        breach == null ? null : breach.id(),
        report == null ? null : report.effect(),
        report == null || report.note().isEmpty() ? null : report.note(),
        report == null ? null : report.neighboursBeforeMs(),
        report == null ? null : report.neighboursAfterMs());
  }

  private Instant wall(long millis) {
    return engine.now.wall().plusMillis(millis - engine.millis());
  }

  private static String stage(ThrottleState.Leased held) {
    return switch (held) {
      case ThrottleState.Requested _ -> "requested";
      case ThrottleState.InForce _, ThrottleState.SteppingDown _ -> "held";
      case ThrottleState.Releasing _ -> "ending";
    };
  }
}
