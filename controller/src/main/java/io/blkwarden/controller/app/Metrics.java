package io.blkwarden.controller.app;

import io.blkwarden.controller.bus.BusCounters;
import io.blkwarden.controller.bus.NatsFleetBus;
import io.blkwarden.controller.config.PolicyWatch;
import io.blkwarden.controller.dispatch.CommandFlow;
import io.blkwarden.controller.dispatch.DispatchCounters;
import io.blkwarden.controller.http.Metric;
import io.blkwarden.controller.http.Metric.Series;
import io.blkwarden.controller.ingest.IntakeCounters;
import io.blkwarden.controller.leader.Leadership;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The controller's metrics, by name. */
final class Metrics {
  private final NatsFleetBus bus;
  private final BusCounters busCounts;
  private final IntakeCounters intake;
  private final DispatchCounters dispatch;
  private final CommandFlow commands;
  private final @Nullable PolicyWatch policies;

  Metrics(
      NatsFleetBus bus,
      BusCounters busCounts,
      IntakeCounters intake,
      DispatchCounters dispatch,
      CommandFlow commands,
      @Nullable PolicyWatch policies) {
    this.bus = bus;
    this.busCounts = busCounts;
    this.intake = intake;
    this.dispatch = dispatch;
    this.commands = commands;
    this.policies = policies;
  }

  List<Metric> all() {
    List<Metric> all = new ArrayList<>();
    all.addAll(incoming());
    all.addAll(outgoing());
    all.addAll(nats());
    PolicyWatch watch = policies;
    if (watch != null) {
      all.add(
          Metric.of(
              "policies", "Policies that hold.", () -> watch.load().policies().policies().size()));
      all.add(
          Metric.of("policy_problems_total", "Problems found in policy files.", watch::failures));
    }
    return all;
  }

  private List<Metric> incoming() {
    return List.of(
        labelled(
            "messages_received_total",
            "Messages that arrived.",
            "kind",
            intake.received,
            IntakeCounters.Kind::wire),
        labelled(
            "messages_malformed_total",
            "Messages that meant nothing valid.",
            "kind",
            intake.malformed,
            IntakeCounters.Kind::wire),
        labelled(
            "message_faults_total",
            "Messages that meant nothing valid, by fault.",
            "reason",
            intake.faults,
            reason -> reason.name().toLowerCase(Locale.ROOT)),
        labelled(
            "lane_full_total",
            "Messages refused because too many waited.",
            "kind",
            intake.refused,
            IntakeCounters.Kind::wire),
        count("samples_conflated_total", "Samples that a later one replaced.", intake.conflated),
        count("outcomes_duplicate_total", "Outcomes that had come before.", intake.duplicates),
        count("hosts_refused_total", "Samples of hosts beyond the bound.", intake.hostsRefused),
        count(
            "resyncs_total",
            "Hosts whose snapshot was wanted after a message was refused.",
            intake.resyncs),
        count("steps_total", "Inputs that the engine took.", intake.steps),
        count("step_failures_total", "Inputs on which the engine failed.", intake.stepFailures));
  }

  private List<Metric> outgoing() {
    return List.of(
        count("commands_total", "Commands that the engine gave.", dispatch.commands),
        count(
            "command_attempts_total", "Requests to agents, repeated ones too.", dispatch.attempts),
        count("commands_answered_total", "Commands that were answered.", dispatch.answered),
        count("commands_lost_total", "Commands given up.", dispatch.lost),
        count(
            "answers_malformed_total",
            "Answers of agents that could not be read.",
            dispatch.malformed),
        count(
            "commands_refused_total",
            "Commands refused because too many waited.",
            dispatch.refused),
        count("snapshot_requests_total", "Snapshots asked for.", dispatch.snapshots),
        labelled(
            "decisions_total",
            "Decisions.",
            "verdict",
            dispatch.decisions,
            verdict -> verdict.wire()),
        labelled(
            "alerts_total",
            "Alerts, at each change of their state.",
            "state",
            dispatch.alerts,
            state -> state.wire()),
        count("operator_answers_total", "Answers to operators.", dispatch.answers),
        count(
            "operator_refused_total",
            "Operators' requests refused because too many waited.",
            dispatch.requestsRefused),
        Metric.of("commands_waiting", "Commands that wait for an answer.", commands::size));
  }

  private List<Metric> nats() {
    return List.of(
        Metric.of(
            "nats_connected",
            "1 when all connections are up.",
            () -> bus.status().connected() ? 1 : 0),
        Metric.of(
            "claim_held",
            "1 when this controller commands the fleet.",
            () -> bus.status().leadership() instanceof Leadership.Leading ? 1 : 0),
        count("claims_total", "Claims made.", busCounts.claims),
        count(
            "epochs_ignored_total",
            "Heartbeats whose epoch is more than a day ahead of this controller's clock.",
            busCounts.epochsIgnored),
        count("nats_reconnects_total", "Connections that came back.", busCounts.reconnects),
        count("nats_errors_total", "Errors that NATS reported.", busCounts.errors),
        count(
            "nats_discarded_total",
            "Outgoing messages that the socket did not take.",
            busCounts.discarded),
        count(
            "nats_slow_spells_total",
            "Times that messages came faster than they were taken.",
            busCounts.slowConsumers),
        Metric.of(
            "samples_dropped_total",
            "Samples that came too fast to be taken.",
            bus::droppedSamples),
        Metric.of(
            "control_dropped_total",
            "Control messages that came too fast to be taken.",
            bus::droppedControl),
        count("alerts_published_total", "Alerts that NATS stored.", busCounts.alertsPublished),
        count(
            "alerts_retried_total",
            "Attempts to publish an alert that failed.",
            busCounts.alertsRetried),
        count(
            "alerts_folded_total",
            "States of alerts left out at the bound.",
            busCounts.alertsFolded),
        count(
            "alerts_lost_total",
            "Alerts refused at the bound; they stand in the log.",
            busCounts.alertsLost),
        count(
            "alerts_left_total",
            "States of alerts that waited when another controller claimed.",
            busCounts.alertsLeft),
        Metric.of("alerts_waiting", "Alerts that wait to be stored.", bus::waitingAlerts),
        count(
            "decisions_published_total",
            "Decisions that NATS stored.",
            busCounts.decisionsPublished),
        count(
            "decisions_retried_total",
            "Attempts to publish a decision that failed.",
            busCounts.decisionsRetried),
        count(
            "decisions_lost_total",
            "Decisions refused at the bound; they stand in the log.",
            busCounts.decisionsLost),
        Metric.of("decisions_waiting", "Decisions that wait to be stored.", bus::waitingDecisions));
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
