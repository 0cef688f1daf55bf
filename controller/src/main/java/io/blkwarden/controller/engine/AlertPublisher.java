package io.blkwarden.controller.engine;

import io.blkwarden.controller.attribution.HostAttribution;
import io.blkwarden.controller.fleet.HostState;
import io.blkwarden.controller.fleet.Metric;
import io.blkwarden.controller.policy.Mode;
import io.blkwarden.controller.policy.SafetyLimits;
import io.blkwarden.controller.policy.Threshold;
import io.blkwarden.controller.throttle.SafetyLimitCheck;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.Restraint;
import io.blkwarden.model.message.Alert;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Tells people: publishes an alert when something about it changed, and only then. */
final class AlertPublisher {
  /** Most ends of breaches that wait for a claim; further ones are left out. */
  static final int OWED_MAX = 1_024;

  /** Shortest time between two publications of all open alerts. */
  static final long REPUBLISH_MILLIS = 300_000;

  static final String BRAKES = "brakes";

  private final EngineState engine;
  private final List<Alert> owed = new ArrayList<>();
  private final FleetAlert stopped;
  private boolean republishDue;
  private long republishedMillis = -REPUBLISH_MILLIS;

  AlertPublisher(EngineState engine) {
    this.engine = engine;
    this.stopped = new FleetAlert(engine, BRAKES, "hosts_anomalous");
  }

  /** Why a case is over. */
  enum Ending {
    CLEARED("the condition is over"),
    GONE("the disk is gone"),
    REBORN("the guest was started anew, and is judged anew"),
    UNMATCHED("the policy is not about this disk any more"),
    POLICY_GONE("the policy was changed or removed"),
    FORGOTTEN("the host is gone for good, and was forgotten");

    private final String sentence;

    Ending(String sentence) {
      this.sentence = sentence;
    }

    String sentence() {
      return sentence;
    }
  }

  /** Publishes the alert of a breached case if it differs from what was published last. */
  void refresh(HostTracker tracker, Evaluation evaluation) {
    Breach breach = evaluation.breach;
    if (breach == null || evaluation.policy.isStanding() || engine.epoch().isEmpty()) {
      return;
    }
    Alert.State state = state(evaluation, breach);
    Alert.Action action = action(evaluation, breach);
    Alert last = breach.published;
    if (last != null && last.state() == state && Objects.equals(last.action(), action)) {
      return;
    }
    publish(tracker, evaluation, breach, state, action, null);
  }

  /**
   * Publishes all open alerts again after a claim, since another controller may have published in
   * between. At most once in {@link #REPUBLISH_MILLIS}, whatever the claims were made for; what was
   * never published is published at once.
   *
   * @param claimed whether the claim was made just now
   */
  void republish(boolean claimed) {
    if (claimed) {
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
      for (Evaluation each : tracker.casesNow()) {
        if (each.breach != null) {
          action.accept(tracker, each);
        }
      }
    }
  }

  /** Publishes an open alert again, with its id and what is known now, if its policy wants that. */
  void remind(HostTracker tracker, Evaluation evaluation) {
    Breach breach = evaluation.breach;
    long every = evaluation.policy.then().life().remindMillis();
    if (breach != null
        && breach.published != null
        && every > 0
        && engine.epoch().isPresent()
        && engine.millis() - breach.publishedMillis >= every) {
      publish(
          tracker, evaluation, breach, state(evaluation, breach), action(evaluation, breach), null);
    }
  }

  /** Publishes the end of a breach. */
  void resolve(HostTracker tracker, Evaluation evaluation, Ending ending) {
    Breach breach = evaluation.breach;
    if (breach != null && breach.published != null) {
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

  /** Publishes the ends of breaches that came while another controller had the claim; whose. */
  List<MessageId> payOwed() {
    owed.forEach(engine::publish);
    List<MessageId> ended = owed.stream().map(Alert::id).toList();
    owed.clear();
    return ended;
  }

  /** Says of a host's open alerts that nothing is known, or that it is again. */
  void unknown(HostTracker tracker, boolean unknown) {
    for (Evaluation each : tracker.casesNow()) {
      if (each.breach != null) {
        each.breach.unknown = unknown;
        refresh(tracker, each);
      }
    }
  }

  private static Alert.State state(Evaluation evaluation, Breach breach) {
    if (breach.unknown) {
      return Alert.State.UNKNOWN;
    }
    Throttle throttle = breach.throttle;
    return throttle != null && throttle.owner == evaluation && throttle.held()
        ? Alert.State.HANDLED
        : Alert.State.FIRING;
  }

  private static Alert.@Nullable Action action(Evaluation evaluation, Breach breach) {
    if (evaluation.policy.mode() == Mode.OBSERVE || evaluation.policy.then().ladder().isEmpty()) {
      return null;
    }
    Throttle throttle = breach.throttle;
    Restraint restraint = throttle == null ? breach.wanted : throttle.restraint;
    return new Alert.Action(
        evaluation.policy.mode().wire(),
        throttle == null ? null : throttle.lease,
        restraint,
        evaluation.policy.then().leaseMillis(),
        throttle == null ? List.of() : throttle.workers,
        breach.effect,
        breach.before,
        breach.after,
        breach.note.isEmpty() ? null : cut(breach.note));
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
    Optional<HostAttribution.Finding> blame = tracker.blaming.of(tracker, evaluation);
    return new Alert.Evidence(
        known(state, Metric.DEVICE_TIME_SHARE, evaluation.row),
        known(state, Metric.DEVICE_UTIL, evaluation.row),
        known(state, Metric.DEVICE_AWAIT, evaluation.row),
        known(state, Metric.HOST_IO_FULL, evaluation.row),
        blame.map(Attributions::correlation).orElse(null),
        blame.map(Attributions::told).orElse(null),
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

  /**
   * Pages when the fleet is so anomalous that nothing is throttled any more, and when it is over.
   */
  void fleet() {
    SafetyLimits safetyLimits = engine.policies().policies.safetyLimits();
    boolean now =
        SafetyLimitCheck.stopped(safetyLimits, engine.hostsLive(), engine.hostsAnomalous());
    double share = (double) engine.hostsAnomalous() / Math.max(1, engine.hostsLive());
    String counts =
        "%d of %d hosts have a breach".formatted(engine.hostsAnomalous(), engine.hostsLive());
    String firing =
        "%s, more than %.0f%%: nothing is throttled until that is over."
            .formatted(counts, safetyLimits.stopIfHostsAnomalous() * 100);
    stopped.set(
        now,
        share,
        safetyLimits.stopIfHostsAnomalous(),
        firing,
        counts + ": throttling continues.");
  }
}
