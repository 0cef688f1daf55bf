package io.blkwarden.controller.app;

import io.blkwarden.controller.http.FleetView;
import io.blkwarden.controller.http.Metric;
import io.blkwarden.controller.http.Metric.Sink;
import io.blkwarden.controller.snapshot.DeviceSnapshot;
import io.blkwarden.controller.snapshot.DiskSnapshot;
import io.blkwarden.controller.snapshot.FleetSnapshot;
import io.blkwarden.controller.snapshot.HostSnapshot;
import io.blkwarden.controller.snapshot.ThrottleSnapshot;
import io.blkwarden.model.DomainRef;
import io.blkwarden.model.Printable;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.Heartbeat;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * The metrics of the fleet: totals, hosts, and the busiest disks.
 *
 * <p>The engine is queried once for each scrape. If it does not answer within {@link #TIMEOUT}, the
 * metrics are omitted, because earlier values may be wrong.
 */
final class FleetMetrics {
  private static final Logger log = LoggerFactory.getLogger(FleetMetrics.class);
  private static final Duration TIMEOUT = Duration.ofSeconds(3);
  private static final double MILLIS = 1_000;

  /** Most hosts with metrics of their own: stale ones first, then by PSI io full. */
  static final int HOSTS_MAX = 1_000;

  /** Most throttles with metrics of their own: the oldest. */
  private static final int THROTTLES_MAX = 100;

  private static final Comparator<HostSnapshot> WORST_FIRST =
      Comparator.comparing(HostSnapshot::live)
          .thenComparingDouble(each -> each.ioFull() == null ? 0 : -each.ioFull())
          .thenComparing(HostSnapshot::host);

  private static final List<String> HOST = List.of("host");
  private static final List<String> DISK = List.of("host", "domain", "domain_uuid", "disk", "role");

  private final Supplier<Mono<FleetSnapshot>> engine;
  private final FleetView view;
  private final Scheduler thread;
  private volatile @Nullable FleetSnapshot last;

  /** The hosts with metrics of their own. */
  private volatile List<HostSnapshot> hosts = List.of();

  private @Nullable Mono<Optional<FleetSnapshot>> query;

  /**
   * Creates the metrics.
   *
   * @param engine queries the engine
   * @param thread renders the metrics, instead of the engine's thread
   */
  FleetMetrics(Supplier<Mono<FleetSnapshot>> engine, FleetView view, Scheduler thread) {
    this.engine = engine;
    this.view = view;
    this.thread = thread;
  }

  /** Queries the engine; concurrent scrapes share a query. */
  synchronized Mono<?> get() {
    Mono<Optional<FleetSnapshot>> pending = query;
    if (pending == null) {
      pending =
          engine
              .get()
              .timeout(TIMEOUT)
              .map(Optional::of)
              .onErrorResume(e -> {
                log.warn("metrics: fleet metrics omitted: {}", e.toString());
                return Mono.just(Optional.empty());
              })
              .publishOn(thread)
              .doOnNext(this::onSnapshot)
              .cache();
      query = pending;
    }
    return pending;
  }

  private synchronized void onSnapshot(Optional<FleetSnapshot> snapshot) {
    last = snapshot.orElse(null);
    hosts =
        snapshot.stream()
            .flatMap(all -> all.hosts().stream())
            .sorted(WORST_FIRST)
            .limit(HOSTS_MAX)
            .toList();
    query = null;
  }

  List<Metric> all() {
    return Stream.of(fleetAndHosts(), disksAndThrottles()).flatMap(List::stream).toList();
  }

  private List<Metric> fleetAndHosts() {
    return List.of(
        new Metric(
            "hosts", "Hosts, by whether they report samples.", List.of("state"), this::hosts),
        total(
            "disks",
            "Disks of all hosts.",
            all -> all.hosts().stream().mapToLong(HostSnapshot::disks).sum()),
        total("throttles", "Active throttles.", FleetSnapshot::throttlesInForce),
        total(
            "hosts_left_out",
            "Hosts beyond the limit, which have no metrics of their own.",
            all -> Math.max(0, all.hosts().size() - HOSTS_MAX)),
        new Metric(
            "policy_breaches",
            "Disks over the policy's threshold.",
            List.of("policy"),
            (Sink to) -> ifKnown(r -> r.breaches().forEach((name, n) -> to.take(n, safe(name))))),
        new Metric(
            "alerts_open",
            "Published alerts that are not resolved.",
            List.of("severity"),
            this::openAlerts),
        host("host_up", "1 if the host reports samples.", each -> each.live() ? 1 : 0),
        host("host_disks", "Disks of the host.", HostSnapshot::disks),
        host("host_io_some_ratio", "PSI io some of dom0.", each -> orNaN(each.ioSome())),
        host("host_io_full_ratio", "PSI io full of dom0.", each -> orNaN(each.ioFull())),
        host(
            "host_device_utilization_ratio",
            "Utilization of the host's busiest physical device.",
            each -> orNaN(each.highest(DeviceSnapshot::util))),
        host(
            "host_device_await_seconds",
            "Mean I/O latency of the host's slowest physical device.",
            each -> orNaN(each.highest(DeviceSnapshot::awaitMs)) / MILLIS),
        host(
            "host_implausible_values_total",
            "Implausible counters and clocks of the host, treated as unknown.",
            HostSnapshot::implausible),
        beat("host_throttles", "Active throttles of the agent.", b -> b.throttles().size()),
        beat("host_acting", "1 if the agent carries out commands.", b -> b.acting() ? 1 : 0),
        beat(
            "host_probes_failed",
            "Sources that the agent cannot read.",
            b -> (double) b.probes().stream().filter(probe -> !probe.ok()).count()),
        beat(
            "host_agent_drops_total",
            "Messages and changes that the agent dropped or refused since it started, without"
                + " conflated changes.",
            FleetMetrics::drops));
  }

  private List<Metric> disksAndThrottles() {
    return List.of(
        disk(
            "disk_device_time_ratio",
            "The disk's share of device time: of the I/O time of all guests on its physical"
                + " device.",
            DiskSnapshot::share),
        disk(
            "disk_utilization_ratio",
            "Part of the time with I/O of the disk in flight.",
            DiskSnapshot::util),
        disk("disk_reads_per_second", "Reads completed.", DiskSnapshot::readIops),
        disk("disk_writes_per_second", "Writes completed.", DiskSnapshot::writeIops),
        disk("disk_read_bytes_per_second", "Bytes read.", DiskSnapshot::readBytesPerS),
        disk("disk_written_bytes_per_second", "Bytes written.", DiskSnapshot::writeBytesPerS),
        disk(
            "disk_await_seconds",
            "Mean I/O latency of the disk.",
            each -> orNaN(each.awaitMs()) / MILLIS),
        new Metric(
            "throttle_held_seconds",
            "Time since the throttle was last changed.",
            List.of("host", "domain", "domain_uuid", "disk"),
            this::throttles));
  }

  private void ifKnown(Consumer<FleetSnapshot> action) {
    FleetSnapshot reading = last;
    if (reading != null) {
      action.accept(reading);
    }
  }

  private static double orNaN(@Nullable Double value) {
    return value == null ? Double.NaN : value;
  }

  private static double drops(Heartbeat beat) {
    return beat.drops().entrySet().stream()
        .filter(each -> !each.getKey().equals("changes_conflated"))
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  private void hosts(Sink to) {
    ifKnown(reading -> {
      for (HostSnapshot.State state : HostSnapshot.State.values()) {
        to.take(
            (double) reading.hosts().stream().filter(each -> each.state() == state).count(),
            state.name().toLowerCase(Locale.ROOT));
      }
    });
  }

  private void openAlerts(Sink to) {
    for (Alert.Severity severity : Alert.Severity.values()) {
      to.take(
          (double)
              view.alerts().stream()
                  .filter(alert -> alert.severity() == severity)
                  .filter(alert -> alert.state() != Alert.State.RESOLVED)
                  .count(),
          severity.wire());
    }
  }

  private void throttles(Sink to) {
    ifKnown(reading -> {
      List<ThrottleSnapshot> oldest =
          reading.throttles().stream()
              .filter(ThrottleSnapshot::inForce)
              .limit(THROTTLES_MAX)
              .toList();
      for (ThrottleSnapshot each : oldest) {
        DomainRef domain = each.domain();
        to.take(
            (double) Duration.between(each.since(), reading.at()).toMillis() / MILLIS,
            each.host().value(),
            safe(domain.name()),
            domain.uuid().toString(),
            safe(each.vdev()));
      }
    });
  }

  private Metric total(String name, String help, ToDoubleFunction<FleetSnapshot> value) {
    return new Metric(
        name, help, List.of(), to -> ifKnown(reading -> to.take(value.applyAsDouble(reading))));
  }

  private Metric host(String name, String help, ToDoubleFunction<HostSnapshot> value) {
    return eachHost(
        name, help, (each, to) -> to.take(value.applyAsDouble(each), each.host().value()));
  }

  private Metric beat(String name, String help, ToDoubleFunction<Heartbeat> value) {
    return eachHost(
        name,
        help,
        (each, to) ->
            view.heartbeat(each.host())
                .filter(_ -> each.live())
                .ifPresent(beat -> to.take(value.applyAsDouble(beat), each.host().value())));
  }

  private Metric eachHost(String name, String help, BiConsumer<HostSnapshot, Sink> action) {
    return new Metric(name, help, HOST, to -> hosts.forEach(each -> action.accept(each, to)));
  }

  private Metric disk(String name, String help, Function<DiskSnapshot, @Nullable Double> value) {
    return new Metric(
        name,
        help,
        DISK,
        to ->
            ifKnown(reading ->
                reading
                    .busiest()
                    .forEach(each -> to.take(orNaN(value.apply(each.disk())), labels(each)))));
  }

  private static String[] labels(FleetSnapshot.BusyDisk each) {
    DomainRef domain = each.disk().domain();
    return new String[] {
      each.host().value(),
      safe(domain.name()),
      domain.uuid().toString(),
      safe(each.disk().vdev()),
      each.disk().role().wire()
    };
  }

  /** Guests choose their names. */
  private static String safe(String name) {
    return Printable.of(name);
  }
}
