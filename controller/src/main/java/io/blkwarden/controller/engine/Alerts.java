package io.blkwarden.controller.engine;

import io.blkwarden.controller.alert.AlertEvent;
import io.blkwarden.controller.alert.AlertState;
import io.blkwarden.controller.alert.Suppression;
import io.blkwarden.controller.policy.SafetyLimits;
import io.blkwarden.controller.throttle.SafetyCheck;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.message.Alert;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The alerts of the fleet and of its hosts; mutable. */
final class Alerts {
  /** Shortest time between two publications of all open alerts. */
  static final long REPUBLISH_MILLIS = 300_000;

  /** How long an alert that was handled before a takeover waits for a heartbeat, at most. */
  static final long CONFIRM_MILLIS = 15_000;

  private static final String BRAKES = "brakes";

  private final EngineState engine;
  final RestoredAlerts restored;
  private final Map<String, FleetAlert> fleetAlerts = new LinkedHashMap<>();
  private final FleetAlert brakes;
  private Input.@Nullable AlertsRestored open;
  private Moment leadsSince = new Moment(0, Instant.EPOCH);
  private boolean republishDue;
  private long republishedMillis = -REPUBLISH_MILLIS;

  /** Whether operator input has changed, or a fleet alert was opened or resolved. */
  boolean marksStale;

  private Instant marksChange = Instant.MAX;

  Alerts(EngineState engine) {
    this.engine = engine;
    this.restored = new RestoredAlerts(engine);
    this.brakes = critical(BRAKES, _ -> true);
  }

  /** A critical alert about the fleet that no policy file defines. */
  FleetAlert critical(String policy, Predicate<HostId> covers) {
    return register(new FleetAlert(engine, policy, Alert.Severity.CRITICAL, 0, covers));
  }

  /** Adds the alert of a policy; an alert that was restored for the policy continues as it. */
  FleetAlert register(FleetAlert alert) {
    FleetAlert before = fleetAlerts.put(alert.policy, alert);
    Alert last =
        before != null && before.state() instanceof AlertState.Restored(Alert published, var _)
            ? published
            : restored.claim(HostId.FLEET, each -> each.isAbout(alert), null);
    if (last != null) {
      alert.apply(new AlertEvent.AlertRestored(last));
    }
    return alert;
  }

  /**
   * Keeps the open alerts that were published until this controller leads. If it leads already, it
   * continues or resolves them: their stream could not be read before.
   */
  void restore(Input.AlertsRestored published) {
    if (engine.epoch.isEmpty()) {
      open = published;
    } else {
      restored.add(published.open().stream().filter(this::publishedBefore).toList());
      restoreLive(published.complete(), leadsSince.monotonicMillis());
    }
  }

  /** Whether it was published before this controller became the leader. */
  private boolean publishedBefore(Alert alert) {
    Long by = alert.epoch();
    return by == null
        || by < engine.epoch.orElse(0)
        || (by == engine.epoch.orElse(0) && alert.at().isBefore(leadsSince.wall()));
  }

  private void restoreLive(boolean complete, long ownSinceMillis) {
    List.copyOf(fleetAlerts.values()).forEach(each -> each.restore(complete, ownSinceMillis));
    for (HostTracker tracker : engine.hosts.values()) {
      tracker.breaches().forEach(each -> each.restore(complete, ownSinceMillis));
      tracker.scoped.forEach(each -> each.restore(complete, ownSinceMillis));
    }
  }

  /** A new breach; it continues the alert that was published for it. */
  Breach startBreach(Evaluation evaluation) {
    Breach breach = new Breach(engine, evaluation);
    if (!evaluation.policy.isStanding()) {
      MessageId incident = incident(evaluation.tracker, evaluation.devices());
      AlertEvent breached = new AlertEvent.Breached(engine.newId(), incident);
      // after what could fail
      breach.apply(new AlertEvent.AlertRestored(breach.published(null)));
      breach.apply(breached);
    }
    return breach;
  }

  /** The incident of an open alert about the same physical devices of the host, or a new one. */
  MessageId incident(HostTracker tracker, List<String> devices) {
    return Stream.of(tracker.breaches(), tracker.scoped, restored.of(tracker.host()))
        .<LiveAlert>flatMap(List::stream)
        .filter(each -> devices.equals(each.devices()))
        .flatMap(each -> Stream.ofNullable(each.incident()))
        .findFirst()
        .orElseGet(engine::newId);
  }

  /** Applies an event to the alerts of a host. */
  void apply(HostTracker tracker, AlertEvent event) {
    if (!tracker.evaluations.isEmpty()) {
      tracker.breaches().forEach(each -> each.apply(event));
    }
    tracker.scoped.forEach(each -> each.apply(event));
  }

  private void apply(AlertEvent event) {
    engine.hosts.values().forEach(tracker -> apply(tracker, event));
  }

  /** This controller became the leader: what others published is restored. */
  void leadershipGained() {
    leadsSince = engine.now;
    Input.AlertsRestored published = open;
    open = null;
    if (published != null) {
      restored.clear();
      restored.add(published.open());
      restoreLive(published.complete(), Long.MAX_VALUE);
    }
    apply(new AlertEvent.Refreshed());
    List.copyOf(fleetAlerts.values()).forEach(each -> each.apply(new AlertEvent.Republished()));
    republishDue = true;
    republish();
    brakes(0);
  }

  /**
   * Whether the agent has not confirmed this leader since a takeover, so that a throttle of the
   * earlier leader may not be known yet; for at most {@link #CONFIRM_MILLIS}.
   */
  boolean awaitsHeartbeat(HostTracker tracker) {
    return engine.epoch.isPresent()
        && tracker.epochSeen < engine.epoch.getAsLong()
        && engine.millis() - leadsSince.monotonicMillis() < CONFIRM_MILLIS;
  }

  /** Another controller leads: it has restored the alerts itself. */
  void leadershipLost() {
    restored.clear();
    fleetAlerts.values().forEach(each -> each.apply(new AlertEvent.LeadershipLost()));
  }

  /**
   * Publishes all open alerts again after a takeover, because another controller may have published
   * in between. At most once in {@link #REPUBLISH_MILLIS}.
   */
  private void republish() {
    if (republishDue
        && engine.epoch.isPresent()
        && engine.millis() - republishedMillis >= REPUBLISH_MILLIS) {
      republishDue = false;
      republishedMillis = engine.millis();
      apply(new AlertEvent.Republished());
    }
  }

  /** Handles what is due by time, after the fleet was evaluated. */
  void tick(long passedMillis) {
    republish();
    brakes(passedMillis);
    if (engine.epoch.isPresent()
        && engine.millis() - leadsSince.monotonicMillis() >= RestoredAlerts.GRACE_MILLIS) {
      restored.tick();
      if (restored.policiesComplete) {
        endUnknown();
      }
    }
    recheckMarks();
  }

  /** Resolves fleet alerts whose policy was removed. */
  private void endUnknown() {
    Set<String> known = new HashSet<>(Set.of(BRAKES, HostProblems.DUPLICATES_POLICY));
    engine.policies.fleetPolicies.forEach(each -> known.add(each.name()));
    for (FleetAlert each : List.copyOf(fleetAlerts.values())) {
      if (!known.contains(each.policy)) {
        each.apply(new AlertEvent.Ended(AlertEvent.Ending.POLICY_GONE));
        fleetAlerts.remove(each.policy);
      }
    }
    restored.end(HostId.FLEET, AlertEvent.Ending.POLICY_GONE);
  }

  /** Publishes the alert that too many hosts are anomalous, so that nothing is throttled. */
  private void brakes(long passedMillis) {
    SafetyLimits safetyLimits = engine.policies.policies.safetyLimits();
    double most = safetyLimits.stopIfHostsAnomalous();
    int anomalous = engine.hostsAnomalous;
    int live = engine.hostsLive;
    brakes.set(
        SafetyCheck.stopped(safetyLimits, live, anomalous),
        true,
        passedMillis,
        FleetAlert.condition("hosts_anomalous", (double) anomalous / Math.max(1, live), most),
        ending -> {
          String counts = "%d of %d hosts have a breach".formatted(anomalous, live);
          return ending == null
              ? "%s, more than %.0f%%: throttling is stopped until this is over."
                  .formatted(counts, most * 100)
              : counts + ": throttling resumed.";
        });
  }

  /** What suppresses notifications now. */
  Suppression suppression() {
    List<Suppression.Inhibitor> inhibitors = new ArrayList<>();
    for (FleetAlert each : fleetAlerts.values()) {
      Alert last = each.state().last();
      if (last != null) {
        inhibitors.add(new Suppression.Inhibitor(last, each.covers));
      }
    }
    return new Suppression(engine.operatorState, inhibitors, engine.now.wall());
  }

  /** Silences, acknowledgements or the pause have changed. */
  void operatorStateChanged() {
    marksStale = true;
    recheckMarks();
  }

  /** Publishes open alerts again whose marks have changed. */
  private void recheckMarks() {
    Instant now = engine.now.wall();
    if (engine.epoch.isEmpty() || (!marksStale && now.isBefore(marksChange))) {
      return;
    }
    marksStale = false;
    marksChange = engine.operatorState.nextChange(now).orElse(Instant.MAX);
    List.copyOf(fleetAlerts.values()).forEach(each -> each.apply(new AlertEvent.MarksChanged()));
    apply(new AlertEvent.MarksChanged());
  }
}
