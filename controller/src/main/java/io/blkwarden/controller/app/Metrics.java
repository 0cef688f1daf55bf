package io.blkwarden.controller.app;

import io.blkwarden.controller.bus.BusCounters;
import io.blkwarden.controller.bus.NatsFleetBus;
import io.blkwarden.controller.config.PolicyWatch;
import io.blkwarden.controller.dispatch.CommandFlow;
import io.blkwarden.controller.dispatch.DispatchCounters;
import io.blkwarden.controller.http.FleetView;
import io.blkwarden.controller.http.Metric;
import io.blkwarden.controller.http.Metric.Series;
import io.blkwarden.controller.http.Readiness;
import io.blkwarden.controller.ingest.IntakeCounters;
import io.blkwarden.controller.leader.Leadership;
import io.blkwarden.controller.notify.Notifier;
import io.blkwarden.controller.notify.NotifyCounters;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The metrics of the controller itself. */
record Metrics(
    NatsFleetBus bus,
    BusCounters busCounters,
    IntakeCounters intake,
    DispatchCounters dispatch,
    CommandFlow commands,
    Notifier notifier,
    FleetView view,
    @Nullable PolicyWatch policies) {
  private static final double MILLIS = 1_000;

  List<Metric> all(InstantSource clock, Supplier<Readiness> readiness, FleetMetrics fleet) {
    List<Metric> all = new ArrayList<>(process(clock, readiness));
    all.addAll(incoming());
    all.addAll(outgoing());
    all.addAll(nats());
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
        notifications("pages_sent_total", "Alerts that a receiver accepted.", c -> c.sent),
        notifications("page_requests_failed_total", "Failed requests.", c -> c.failed),
        notifications("pages_dropped_total", "Alerts that were dropped.", c -> c.dropped),
        Metric.of(
            "pages_overflow_total",
            "Alerts dropped before they were passed to receivers.",
            notifier::overflow),
        Metric.of(
            "acting_paused",
            "1 if an operator has paused enforcement.",
            () -> view.operatorState().pause().isPresent() ? 1 : 0),
        Metric.of(
            "silences",
            "Active silences.",
            () -> view.operatorState().silencesNow(clock.instant())));
  }

  private Metric notifications(
      String name, String help, Function<NotifyCounters, LongAdder> counter) {
    return new Metric(
        name,
        help,
        "receiver",
        List.of(
            new Series("alertmanager", () -> counter.apply(notifier.toAlertmanagers()).sum()),
            new Series("webhook", () -> counter.apply(notifier.toWebhooks()).sum())));
  }

  private List<Metric> incoming() {
    return List.of(
        labelled(
            "messages_received_total",
            "Received messages.",
            "kind",
            intake.received,
            IntakeCounters.Kind::wire),
        labelled(
            "messages_malformed_total",
            "Malformed messages.",
            "kind",
            intake.malformed,
            IntakeCounters.Kind::wire),
        labelled(
            "message_faults_total",
            "Malformed messages, by fault.",
            "reason",
            intake.faults,
            reason -> reason.name().toLowerCase(Locale.ROOT)),
        labelled(
            "lane_full_total",
            "Messages refused because the backlog was full.",
            "kind",
            intake.refused,
            IntakeCounters.Kind::wire),
        count(
            "samples_conflated_total", "Sample batches replaced by a later one.", intake.conflated),
        count("outcomes_duplicate_total", "Duplicate outcomes.", intake.duplicates),
        count(
            "hosts_refused_total",
            "Sample batches of hosts beyond the limit.",
            intake.hostsRefused),
        count("resyncs_total", "Resyncs of hosts after a refused message.", intake.resyncs),
        count("steps_total", "Inputs that the engine processed.", intake.steps),
        count("step_failures_total", "Inputs on which the engine failed.", intake.stepFailures));
  }

  private List<Metric> outgoing() {
    return List.of(
        count("commands_total", "Commands of the engine.", dispatch.commands),
        count(
            "command_attempts_total", "Requests to agents, including retries.", dispatch.attempts),
        count("commands_answered_total", "Commands that were answered.", dispatch.answered),
        count("commands_lost_total", "Abandoned commands.", dispatch.lost),
        count("answers_malformed_total", "Invalid answers of agents.", dispatch.malformed),
        count(
            "commands_refused_total",
            "Commands refused because too many were waiting.",
            dispatch.refused),
        count("snapshot_requests_total", "Snapshot requests.", dispatch.snapshots),
        labelled(
            "decisions_total",
            "Decisions.",
            "verdict",
            dispatch.decisions,
            verdict -> verdict.wire()),
        labelled(
            "alerts_total",
            "Alerts, by state, counted at each change.",
            "state",
            dispatch.alerts,
            state -> state.wire()),
        count("operator_answers_total", "Replies to operators.", dispatch.answers),
        count(
            "operator_refused_total",
            "Operators' requests refused because too many were waiting.",
            dispatch.requestsRefused),
        Metric.of("commands_waiting", "Commands waiting for an answer.", commands::size));
  }

  private List<Metric> nats() {
    return List.of(
        Metric.of(
            "nats_connected",
            "1 if all connections to NATS are up.",
            () -> bus.status().connected() ? 1 : 0),
        Metric.of(
            "claim_held",
            "1 if this controller leads.",
            () -> bus.status().leadership() instanceof Leadership.Leading ? 1 : 0),
        count(
            "claims_total",
            "Times that this controller became leader.",
            busCounters.leadershipGained),
        count(
            "epochs_ignored_total",
            "Heartbeats with an epoch more than a day ahead of this controller's"
                + " clock, which is ignored.",
            busCounters.epochsIgnored),
        count("nats_reconnects_total", "Reconnections to NATS.", busCounters.reconnects),
        count("nats_errors_total", "Errors reported by NATS.", busCounters.errors),
        count(
            "nats_discarded_total",
            "Outgoing messages dropped because the socket accepted no more.",
            busCounters.discarded),
        count(
            "nats_slow_spells_total",
            "Times that messages arrived faster than they were processed.",
            busCounters.slowConsumers),
        Metric.of(
            "samples_dropped_total",
            "Sample batches dropped because they arrived faster than they were processed.",
            bus::droppedSamples),
        Metric.of(
            "control_dropped_total",
            "Control messages dropped because they arrived faster than they were processed.",
            bus::droppedControl),
        count("alerts_published_total", "Alerts stored by NATS.", busCounters.alertsPublished),
        count(
            "alerts_retried_total",
            "Failed attempts to publish an alert.",
            busCounters.alertsRetried),
        count(
            "alerts_folded_total",
            "Intermediate alert states dropped because the queue was full.",
            busCounters.alertsFolded),
        count(
            "alerts_lost_total",
            "Alerts lost because the queue was full; each is logged.",
            busCounters.alertsLost),
        count(
            "alerts_left_total",
            "Alert states discarded because another controller leads.",
            busCounters.alertsLeft),
        Metric.of("alerts_waiting", "Alerts waiting to be stored.", bus::waitingAlerts),
        count(
            "decisions_published_total",
            "Decisions stored by NATS.",
            busCounters.decisionsPublished),
        count(
            "decisions_retried_total",
            "Failed attempts to publish a decision.",
            busCounters.decisionsRetried),
        count(
            "decisions_lost_total",
            "Decisions lost because the queue was full; each is logged.",
            busCounters.decisionsLost),
        Metric.of("decisions_waiting", "Decisions waiting to be stored.", bus::waitingDecisions));
  }

  private static Metric count(String name, String help, LongAdder counter) {
    return Metric.of(name, help, counter::sum);
  }

  private static <K> Metric labelled(
      String name, String help, String label, Map<K, LongAdder> counts, Function<K, String> text) {
    return new Metric(
        name,
        help,
        label,
        counts.entrySet().stream()
            .map(each -> new Series(text.apply(each.getKey()), each.getValue()::sum))
            .toList());
  }
}
