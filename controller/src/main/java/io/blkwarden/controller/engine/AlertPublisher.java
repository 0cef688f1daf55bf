package io.blkwarden.controller.engine;

import io.blkwarden.controller.attribution.HostAttribution;
import io.blkwarden.controller.fleet.HostState;
import io.blkwarden.controller.fleet.Metric;
import io.blkwarden.controller.policy.Mode;
import io.blkwarden.controller.policy.SafetyLimits;
import io.blkwarden.controller.policy.Threshold;
import io.blkwarden.controller.throttle.EffectReport;
import io.blkwarden.controller.throttle.Lease;
import io.blkwarden.controller.throttle.SafetyLimitCheck;
import io.blkwarden.controller.throttle.ThrottleState;
import io.blkwarden.controller.throttle.ThrottleText;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.message.Alert;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Publishes an alert when its state or action has changed. */
final class AlertPublisher {
  /** Most resolved alerts kept until this controller leads; further ones are dropped. */
  static final int OWED_MAX = 1_024;

  /** Shortest time between two publications of all open alerts. */
  static final long REPUBLISH_MILLIS = 300_000;

  static final String BRAKES = "brakes";

  /** Longest time that the first publication of an alert waits for the answer to a command. */
  private static final long WAIT_MILLIS = 3_000;

  private final EngineState engine;
  private final long wait;
  private final List<Alert> owed = new ArrayList<>();
  private final FleetAlert stopped;
  private boolean republishDue;
  private long republishedMillis = -REPUBLISH_MILLIS;

  AlertPublisher(EngineState engine) {
    this.engine = engine;
    this.wait = Math.min(WAIT_MILLIS, engine.settings.commandExpiresMillis());
    this.stopped = new FleetAlert(engine, BRAKES, "hosts_anomalous");
  }

  /** Why an evaluation ended. */
  enum Ending {
    CLEARED("the condition is over"),
    GONE("the disk is gone"),
    GUEST_RESTARTED("the guest was restarted"),
    UNMATCHED("the policy no longer matches the disk"),
    POLICY_GONE("the policy was changed or removed"),
    HOST_REMOVED("the host was removed");

    private final String sentence;

    Ending(String sentence) {
      this.sentence = sentence;
    }

    String sentence() {
      return sentence;
    }
  }

  /** Publishes the alert of a breach if it differs from the last publication. */
  void refresh(HostTracker tracker, Evaluation evaluation) {
    Breach breach = evaluation.breach;
    if (breach == null || evaluation.policy.isStanding() || engine.epoch().isEmpty()) {
      return;
    }
    Alert.State state = state(breach);
    Alert.Action action = action(evaluation, breach);
    Alert last = breach.published;
    if (last == null
        ? underWay(breach)
        : last.state() == state && Objects.equals(last.action(), action)) {
      return;
    }
    publish(tracker, evaluation, breach, state, action, null);
  }

  /**
   * Whether the breach's throttle was just requested. The first publication waits for the answer,
   * so that operators get one notification instead of two.
   */
  private boolean underWay(Breach breach) {
    return breach.throttle.state instanceof ThrottleState.Requested(Lease lease, _, _, _, _)
        && lease.commands() > 0
        && engine.millis() - (lease.endsMillis() - lease.leaseMillis()) < wait;
  }

  /**
   * Publishes all open alerts again after a takeover, because another controller may have published
   * in between. At most once in {@link #REPUBLISH_MILLIS}; an alert never published is published at
   * once.
   *
   * @param gained whether this controller has just become the leader
   */
  void republish(boolean gained) {
    if (gained) {
      republishDue = true;
      eachOpen((tracker, evaluation) -> engine.restored.join(tracker, evaluation));
      eachOpen(this::refresh);
    }
    if (!republishDue
        || engine.epoch().isEmpty()
        || engine.millis() - republishedMillis < REPUBLISH_MILLIS) {
      return;
    }
    republishDue = false;
    republishedMillis = engine.millis();
    eachOpen((tracker, evaluation) -> {
      Breach breach = evaluation.breach;
      if (breach != null && breach.publishedMillis < engine.millis()) {
        breach.published = null;
        refresh(tracker, evaluation);
      }
    });
  }

  private void eachOpen(BiConsumer<HostTracker, Evaluation> action) {
    for (HostTracker tracker : engine.hosts.values()) {
      for (Evaluation each : tracker.openEvaluations()) {
        if (each.breach != null) {
          action.accept(tracker, each);
        }
      }
    }
  }

  /**
   * Publishes an open alert that has waited for an answer long enough, and the reminder of another
   * one if it is due.
   */
  void remind(HostTracker tracker, Evaluation evaluation) {
    Breach breach = evaluation.breach;
    if (breach != null
        && breach.published == null
        && breach.throttle.state instanceof ThrottleState.Requested) {
      refresh(tracker, evaluation);
    }
    long every = evaluation.policy.then().life().remindMillis();
    if (breach != null
        && breach.published != null
        && every > 0
        && engine.epoch().isPresent()
        && engine.millis() - breach.publishedMillis >= every) {
      publish(tracker, evaluation, breach, state(breach), action(evaluation, breach), null);
    }
  }

  /** Publishes the alert as resolved. */
  void resolve(HostTracker tracker, Evaluation evaluation, Ending ending) {
    Breach breach = evaluation.breach;
    if (breach == null) {
      return;
    }
    if (breach.published == null
        && breach.throttle.lease() != null
        && engine.epoch().isPresent()) { // it still waited for the answer to a command
      publish(tracker, evaluation, breach, state(breach), action(evaluation, breach), null);
    }
    if (breach.published != null) {
      publish(
          tracker, evaluation, breach, Alert.State.RESOLVED, action(evaluation, breach), ending);
    }
  }

  private void publish(
      HostTracker tracker,
      Evaluation evaluation,
      Breach breach,
      Alert.State state,
      Alert.@Nullable Action action,
      @Nullable Ending ending) {
    MappedDisk disk =
        evaluation.row < tracker.state.rows() ? tracker.state.disk(evaluation.row) : null;
    Alert.Evidence evidence = evidence(tracker, evaluation);
    Threshold when = evaluation.detector.when();
    Alert alert =
        new Alert(
            breach.alert,
            breach.incident,
            state,
            evaluation.policy.then().severity(),
            evaluation.policy.name(),
            tracker.host(),
            evaluation.domain,
            disk == null || !disk.key().equals(evaluation.disk) ? null : alertDisk(disk),
            breach.since,
            engine.now().wall(),
            new Alert.Condition(
                when.metric().id(),
                rounded(evaluation.value),
                when.above(),
                when.forMillis(),
                when.clearBelow()),
            evidence,
            action,
            AlertSummary.of(
                tracker, evaluation, breach, state, evidence, ending, engine.now().wall()));
    breach.published = alert;
    breach.publishedMillis = engine.millis();
    if (engine.epoch().isPresent()) {
      breach.published = engine.publish(alert);
    } else if (owed.size() < OWED_MAX) {
      owed.add(alert);
    }
  }

  /** Publishes alerts that were resolved while another controller led; returns their ids. */
  List<MessageId> publishOwed() {
    owed.forEach(engine::publish);
    List<MessageId> ended = owed.stream().map(Alert::id).toList();
    owed.clear();
    return ended;
  }

  /** Publishes a host's open alerts as unknown, or as known again. */
  void unknown(HostTracker tracker, boolean unknown) {
    for (Evaluation each : tracker.openEvaluations()) {
      if (each.breach != null) {
        each.breach.unknown = unknown;
        refresh(tracker, each);
      }
    }
  }

  private static Alert.State state(Breach breach) {
    if (breach.unknown) {
      return Alert.State.UNKNOWN;
    }
    return breach.throttle.state.inForce() ? Alert.State.HANDLED : Alert.State.FIRING;
  }

  private static Alert.@Nullable Action action(Evaluation evaluation, Breach breach) {
    if (evaluation.policy.mode() == Mode.OBSERVE || evaluation.policy.then().ladder().isEmpty()) {
      return null;
    }
    ThrottleState throttle = breach.throttle.state;
    Lease lease = breach.throttle.lease();
    EffectReport report = throttle.report();
    String note = ThrottleText.note(throttle, breach.throttle.attempts);
    return new Alert.Action(
        evaluation.policy.mode().wire(),
        lease == null ? null : lease.id(),
        throttle.wanted(breach.throttle.attempts),
        evaluation.policy.then().leaseMillis(),
        lease == null ? List.of() : lease.workers(),
        report.effect(),
        report.before(),
        report.after(),
        note.isEmpty() ? null : cut(note))
        .withNeighbours(report.neighboursBeforeMs(), report.neighboursAfterMs());
  }

  private static String cut(String note) {
    return note.length() > 1_000 ? note.substring(0, 1_000) : note;
  }

  private static Alert.AlertDisk alertDisk(MappedDisk disk) {
    return new Alert.AlertDisk(
        disk.disk().vdev(), disk.volume().path(), disk.volume().role(), disk.volume().device());
  }

  private static Alert.Evidence evidence(HostTracker tracker, Evaluation evaluation) {
    HostState state = tracker.state;
    Optional<HostAttribution.Finding> blame = tracker.attributions.of(tracker, evaluation);
    return new Alert.Evidence(
        known(state, Metric.DEVICE_TIME_SHARE, evaluation.row),
        known(state, Metric.DEVICE_UTIL, evaluation.row),
        known(state, Metric.DEVICE_AWAIT, evaluation.row),
        known(state, Metric.HOST_IO_FULL, evaluation.row),
        blame.map(Attributions::correlation).orElse(null),
        blame.map(Attributions::toAlert).orElse(null),
        evaluation.history.rows());
  }

  private static @Nullable Double known(HostState state, Metric metric, int row) {
    if (row >= state.rows()) {
      return null;
    }
    double value = state.value(metric, row);
    return Double.isNaN(value) ? null : rounded(value);
  }

  private static double rounded(double value) {
    return Math.round(value * 1_000) / 1_000.0;
  }

  /** Publishes the alert that too many hosts are anomalous, so that nothing is throttled. */
  void fleet() {
    SafetyLimits safetyLimits = engine.policies().policies.safetyLimits();
    boolean now =
        SafetyLimitCheck.stopped(safetyLimits, engine.hostsLive(), engine.hostsAnomalous());
    double share = (double) engine.hostsAnomalous() / Math.max(1, engine.hostsLive());
    String counts =
        "%d of %d hosts have a breach".formatted(engine.hostsAnomalous(), engine.hostsLive());
    String firing =
        "%s, more than %.0f%%: throttling is stopped until this is over."
            .formatted(counts, safetyLimits.stopIfHostsAnomalous() * 100);
    stopped.set(
        now, share, safetyLimits.stopIfHostsAnomalous(), firing, counts + ": throttling resumed.");
  }
}
