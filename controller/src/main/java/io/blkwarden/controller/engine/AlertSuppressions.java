package io.blkwarden.controller.engine;

import io.blkwarden.controller.policy.total.FleetPolicy;
import io.blkwarden.model.HostId;
import io.blkwarden.model.message.Ack;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.Silence;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Marks alerts with what suppresses their notifications, and publishes them again when that
 * changes; mutable.
 *
 * <p>A silence or an acknowledgement applies to the alerts that it matches. An alert below critical
 * is suppressed while it is handled. An open fleet alert suppresses those of its policy's hosts
 * that are no more severe.
 */
final class AlertSuppressions {
  private final EngineState engine;
  private final Map<String, Alert> fleet = new LinkedHashMap<>();
  private boolean stale;
  private Instant next = Instant.MAX;

  AlertSuppressions(EngineState engine) {
    this.engine = engine;
  }

  /** The alert with its marks, to publish. */
  Alert mark(Alert alert) {
    Alert marked = marked(alert);
    if (alert.host().equals(HostId.FLEET)) {
      boolean open = alert.state() != Alert.State.RESOLVED;
      Alert before = open ? fleet.put(alert.policy(), marked) : fleet.remove(alert.policy());
      stale |= open != (before != null);
    }
    return marked;
  }

  private Alert marked(Alert alert) {
    Instant now = engine.now().wall();
    return alert.withSuppression(
        engine.operatorState().silencing(alert, now).map(Silence::id).orElse(null),
        engine.operatorState().acknowledging(alert, now).map(Ack::by).orElse(null),
        inhibitor(alert));
  }

  private @Nullable String inhibitor(Alert alert) {
    if (alert.state() == Alert.State.RESOLVED || alert.host().equals(HostId.FLEET)) {
      return null;
    }
    for (Alert whole : fleet.values()) {
      if (alert.severity().compareTo(whole.severity()) <= 0 && covers(whole, alert.host())) {
        return whole.id().value();
      }
    }
    boolean handled = alert.state() == Alert.State.HANDLED;
    return handled && alert.severity() != Alert.Severity.CRITICAL ? "handled" : null;
  }

  private boolean covers(Alert whole, HostId host) {
    if (whole.policy().equals(DuplicateHosts.POLICY)) {
      return false; // it is about some hosts only, whose alerts are unknown
    }
    if (whole.policy().equals(AlertPublisher.BRAKES)) {
      return true;
    }
    Optional<FleetPolicy> policy =
        engine.policies().ofFleet.stream()
            .filter(each -> each.name().equals(whole.policy()))
            .findFirst();
    return policy.isPresent() && policy.get().match().host().matches(host.value());
  }

  /** The operator state has changed. */
  void changed() {
    stale = true;
    recheck();
  }

  /** Another controller is the leader now. */
  void forget() {
    fleet.clear();
  }

  /** Publishes open alerts again whose marks have changed. */
  void recheck() {
    Instant now = engine.now().wall();
    if (engine.epoch().isEmpty() || (!stale && now.isBefore(next))) {
      return;
    }
    stale = false;
    next = engine.operatorState().nextChange(now).orElse(Instant.MAX);
    List.copyOf(fleet.values()).forEach(this::again);
    for (HostTracker tracker : engine.hosts.values()) {
      for (Evaluation each : tracker.evaluations.values()) {
        Breach breach = each.breach;
        if (breach != null && breach.published != null) {
          breach.published = again(breach.published);
        }
      }
    }
  }

  private Alert again(Alert last) {
    return marked(last).equals(last)
        ? last
        : engine.publish(last.withState(last.state(), engine.now().wall(), last.summary()));
  }
}
