package io.blkwarden.controller.app;

import io.blkwarden.controller.bus.NatsFleetBus;
import io.blkwarden.controller.config.PolicyWatch;
import io.blkwarden.controller.dispatch.CommandFlow;
import io.blkwarden.controller.http.FleetView;
import io.blkwarden.controller.http.Metric;
import io.blkwarden.controller.http.Readiness;
import io.blkwarden.controller.leader.Leadership;
import io.blkwarden.controller.snapshot.ControllerCounters;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The metrics of the controller itself. */
record Metrics(
    NatsFleetBus bus,
    ControllerCounters counters,
    CommandFlow commands,
    FleetView view,
    @Nullable PolicyWatch policies) {
  private static final double MILLIS = 1_000;

  List<Metric> all(InstantSource clock, Supplier<Readiness> readiness, FleetMetrics fleet) {
    List<Metric> all = new ArrayList<>(process(clock, readiness));
    counters.all().forEach(each -> all.add(of(each)));
    all.addAll(gauges());
    PolicyWatch watch = policies;
    if (watch != null) {
      all.add(
          Metric.of(
              "policies", "Active policies.", () -> watch.load().policies().policies().size()));
      all.add(
          Metric.of("policy_problems_total", "Problems found in policy files.", watch::failures));
    }
    all.addAll(alerting(clock));
    all.addAll(fleet.all());
    return all;
  }

  private static List<Metric> process(InstantSource clock, Supplier<Readiness> readiness) {
    double started = clock.millis() / MILLIS;
    String version = Metrics.class.getPackage().getImplementationVersion();
    return List.of(
        new Metric(
            "build_info",
            "1, with the version as a label.",
            List.of("version"),
            to -> to.take(1, version == null ? "development" : version)),
        Metric.of("start_time_seconds", "Start time of the controller, since 1970.", () -> started),
        Metric.of(
            "ready",
            "1 if the controller is ready; /readyz says what is wrong.",
            () -> readiness.get().ready() ? 1 : 0));
  }

  private List<Metric> alerting(InstantSource clock) {
    return List.of(
        Metric.of(
            "acting_paused",
            "1 if an operator has paused enforcement.",
            () -> view.operatorState().pause().isPresent() ? 1 : 0),
        Metric.of(
            "silences",
            "Active silences.",
            () -> view.operatorState().silencesNow(clock.instant())));
  }

  private List<Metric> gauges() {
    return List.of(
        Metric.of("commands_waiting", "Commands waiting for an answer.", commands::size),
        Metric.of(
            "nats_connected",
            "1 if all connections to NATS are up.",
            () -> bus.status().connected() ? 1 : 0),
        Metric.of(
            "claim_held",
            "1 if this controller leads.",
            () -> bus.status().leadership() instanceof Leadership.Leading ? 1 : 0),
        Metric.of(
            "samples_dropped_total",
            "Sample batches dropped because they arrived faster than they were processed.",
            bus::droppedSamples),
        Metric.of(
            "control_dropped_total",
            "Control messages dropped because they arrived faster than they were processed.",
            bus::droppedControl),
        Metric.of("alerts_waiting", "Alerts waiting to be stored.", bus::waitingAlerts),
        Metric.of("decisions_waiting", "Decisions waiting to be stored.", bus::waitingDecisions));
  }

  private static Metric of(ControllerCounters.Counter counter) {
    List<String> labels = counter.label().isEmpty() ? List.of() : List.of(counter.label());
    return new Metric(
        counter.name(),
        counter.help(),
        labels,
        to ->
            counter
                .series()
                .forEach((value, count) ->
                    to.take(
                        (double) count.sum(),
                        labels.isEmpty() ? new String[0] : new String[] {value})));
  }
}
