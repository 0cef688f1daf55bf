package io.blkwarden.controller.app;

import io.blkwarden.controller.engine.MetricsSnapshot;
import io.blkwarden.controller.engine.MetricsSnapshot.DiskReading;
import io.blkwarden.controller.engine.MetricsSnapshot.HostReading;
import io.blkwarden.controller.http.FleetView;
import io.blkwarden.controller.http.Metric;
import io.blkwarden.controller.http.Metric.Sink;
import io.blkwarden.controller.http.MetricSource;
import io.blkwarden.model.DomainRef;
import io.blkwarden.model.Printable;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.Heartbeat;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Metrics of the fleet: its totals, its hosts, and the disks that take most of their devices.
 *
 * <p>The engine is asked once for each look. One that does not answer within {@link #PATIENCE}
 * leaves them all out, for what it knew before may be wrong by now.
 */
final class FleetMetrics implements MetricSource.Refresh {
  private static final Logger log = LoggerFactory.getLogger(FleetMetrics.class);
  private static final Duration PATIENCE = Duration.ofSeconds(3);
  private static final double MILLIS = 1_000;
  private static final List<String> HOST = List.of("host");
  private static final List<String> DISK = List.of("host", "domain", "domain_uuid", "disk", "role");

  private final Supplier<Mono<MetricsSnapshot>> engine;
  private final FleetView view;
  private final Scheduler thread;
  private volatile @Nullable MetricsSnapshot last;
  private @Nullable Mono<Optional<MetricsSnapshot>> look;

  /**
   * Metrics that nothing is known of yet.
   *
   * @param engine tells what it knows, some time
   * @param thread where metrics are rendered, so that this costs the engine nothing
   */
  FleetMetrics(Supplier<Mono<MetricsSnapshot>> engine, FleetView view, Scheduler thread) {
    this.engine = engine;
    this.view = view;
    this.thread = thread;
  }

  /** Looks; whoever asks while a look is under way waits for that one. */
  @Override
  public synchronized Mono<?> get() {
    Mono<Optional<MetricsSnapshot>> underWay = look;
    if (underWay == null) {
      underWay =
          engine
              .get()
              .timeout(PATIENCE)
              .map(Optional::of)
              .onErrorResume(e -> {
                log.warn("metrics of the fleet are left out: {}", e.toString());
                return Mono.just(Optional.empty());
              })
              .publishOn(thread)
              .doOnNext(this::looked)
              .cache();
      look = underWay;
    }
    return underWay;
  }

  private synchronized void looked(Optional<MetricsSnapshot> reading) {
    last = reading.orElse(null);
    look = null;
  }

  List<Metric> all() {
    return Stream.of(fleetAndHosts(), disksAndThrottles()).flatMap(List::stream).toList();
  }

  private List<Metric> fleetAndHosts() {
    return List.of(
        new Metric("hosts", "Hosts, by whether their samples come.", List.of("state"), this::hosts),
        total("disks", "Disks of all hosts.", all -> (double) all.disks()),
        total("throttles", "Throttles that are held.", MetricsSnapshot::throttles),
        total(
            "hosts_left_out",
            "Hosts beyond the bound, which have no numbers of their own.",
            MetricsSnapshot::hostsLeftOut),
        new Metric(
            "policy_breaches",
            "Disks above the policy's level just now.",
            List.of("policy"),
            (Sink to) -> known(r -> r.breaches().forEach((name, n) -> to.take(n, safe(name))))),
        new Metric(
            "alerts_open",
            "Alerts that were told and are not resolved.",
            List.of("severity"),
            this::openAlerts),
        host("host_up", "1 when the host's samples come.", each -> each.live() ? 1 : 0),
        host("host_disks", "Disks of the host.", HostReading::disks),
        host(
            "host_io_some_ratio",
            "Part of the time in which some task of dom0 waited for I/O.",
            HostReading::ioSome),
        host(
            "host_io_full_ratio",
            "Part of the time in which all tasks of dom0 waited for I/O.",
            HostReading::ioFull),
        host(
            "host_device_utilization_ratio",
            "Part of the time in which the host's busiest physical device worked.",
            HostReading::deviceUtil),
        host(
            "host_device_await_seconds",
            "Mean time of an I/O of the host's slowest physical device.",
            each -> each.deviceAwaitMillis() / MILLIS),
        host(
            "host_implausible_values_total",
            "Counters and clocks of the host that cannot be true, and so were taken for unknown.",
            HostReading::implausible),
        beat("host_throttles", "Throttles that the agent holds.", b -> b.throttles().size()),
        beat("host_acting", "1 when the agent carries out commands.", b -> b.acting() ? 1 : 0),
        beat(
            "host_probes_failed",
            "Sources that the agent cannot read.",
            b -> (double) b.probes().stream().filter(probe -> !probe.ok()).count()),
        beat(
            "host_agent_drops_total",
            "What the agent dropped or refused since it started; conflated changes are not among"
                + " them, for a scan sees them all.",
            FleetMetrics::drops));
  }

  private List<Metric> disksAndThrottles() {
    return List.of(
        disk(
            "disk_device_time_ratio",
            "The disk's part of the time that guests' I/Os on its physical device took.",
            DiskReading::share),
        disk(
            "disk_utilization_ratio",
            "Part of the time in which any I/O of the disk was in flight.",
            DiskReading::util),
        disk("disk_reads_per_second", "Reads completed.", DiskReading::readIops),
        disk("disk_writes_per_second", "Writes completed.", DiskReading::writeIops),
        disk("disk_read_bytes_per_second", "Bytes read.", DiskReading::readBytes),
        disk("disk_written_bytes_per_second", "Bytes written.", DiskReading::writeBytes),
        disk(
            "disk_await_seconds",
            "Mean time of an I/O of the disk.",
            each -> each.awaitMillis() / MILLIS),
        new Metric(
            "throttle_held_seconds",
            "How long a throttle has been held as it is now.",
            List.of("host", "domain", "domain_uuid", "disk"),
            this::throttles));
  }

  private void known(Consumer<MetricsSnapshot> tell) {
    MetricsSnapshot reading = last;
    if (reading != null) {
      tell.accept(reading);
    }
  }

  private static double drops(Heartbeat beat) {
    long sum = 0;
    for (Map.Entry<String, Long> each : beat.drops().entrySet()) {
      sum += each.getKey().equals("changes_conflated") ? 0 : each.getValue();
    }
    return (double) sum;
  }

  private void hosts(Sink to) {
    known(reading -> {
      to.take(reading.live(), "live");
      to.take(reading.silent(), "silent");
      to.take(reading.unheard(), "unheard");
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
    known(reading -> {
      for (MetricsSnapshot.ThrottleReading each : reading.longest()) {
        DomainRef domain = each.domain();
        to.take(
            (double) each.heldMillis() / MILLIS,
            each.host().value(),
            safe(domain.name()),
            domain.uuid().toString(),
            safe(each.disk().vdev()));
      }
    });
  }

  private Metric total(String name, String help, ToDoubleFunction<MetricsSnapshot> value) {
    return new Metric(
        name, help, List.of(), to -> known(reading -> to.take(value.applyAsDouble(reading))));
  }

  private Metric host(String name, String help, ToDoubleFunction<HostReading> value) {
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

  private Metric eachHost(String name, String help, BiConsumer<HostReading, Sink> tell) {
    return new Metric(
        name,
        help,
        HOST,
        to -> known(reading -> reading.hosts().forEach(each -> tell.accept(each, to))));
  }

  private Metric disk(String name, String help, ToDoubleFunction<DiskReading> value) {
    return new Metric(
        name,
        help,
        DISK,
        to ->
            known(reading ->
                reading
                    .busiest()
                    .forEach(each -> to.take(value.applyAsDouble(each), labels(each)))));
  }

  private static String[] labels(DiskReading each) {
    DomainRef domain = each.disk().domain();
    return new String[] {
      each.host().value(),
      safe(domain.name()),
      domain.uuid().toString(),
      safe(each.disk().disk().vdev()),
      each.disk().volume().role().wire()
    };
  }

  /** Guests choose their names. */
  private static String safe(String name) {
    return Printable.of(name);
  }
}
