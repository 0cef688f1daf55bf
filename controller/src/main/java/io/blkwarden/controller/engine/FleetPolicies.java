package io.blkwarden.controller.engine;

import io.blkwarden.controller.alert.AlertEvent;
import io.blkwarden.controller.alert.AlertState;
import io.blkwarden.controller.policy.ClearRule;
import io.blkwarden.controller.policy.Threshold;
import io.blkwarden.controller.policy.threshold.ThresholdTimer;
import io.blkwarden.controller.policy.total.FleetPolicy;
import io.blkwarden.controller.policy.total.FleetTotal;
import java.time.Duration;
import java.util.List;

/**
 * Evaluates the fleet policies with each tick and publishes their alerts.
 *
 * <p>A host that stops reporting keeps an alert open for {@link #FORGOTTEN_MILLIS}; then it is left
 * out.
 */
final class FleetPolicies {
  static final long FORGOTTEN_MILLIS = Duration.ofHours(1).toMillis();

  private final EngineState engine;
  private List<Watched> watched = List.of();

  FleetPolicies(EngineState engine) {
    this.engine = engine;
  }

  private record Watched(FleetPolicy policy, ThresholdTimer timer, FleetAlert alert) {}

  /** Applies new policies; an unchanged one keeps its state. */
  void policiesLoaded(PolicyIndex next) {
    for (Watched each : watched) {
      if (!next.fleetPolicies.contains(each.policy)
          && each.alert.state() instanceof AlertState.Active) {
        each.alert.apply(new AlertEvent.Ended(AlertEvent.Ending.POLICY_GONE));
      }
    }
    List<Watched> before = watched;
    watched =
        next.fleetPolicies.stream()
            .map(policy ->
                before.stream()
                    .filter(each -> each.policy.equals(policy))
                    .findFirst()
                    .orElseGet(() -> watch(policy)))
            .toList();
  }

  private Watched watch(FleetPolicy policy) {
    FleetAlert alert =
        new FleetAlert(
            engine,
            policy.name(),
            policy.severity(),
            policy.when().clearForMillis(),
            host -> policy.match().host().matches(host.value()));
    return new Watched(policy, new ThresholdTimer(policy.when()), engine.alerts.register(alert));
  }

  /**
   * Totals the fleet.
   *
   * @param passedMillis time since the last tick; 0 when it does not count
   */
  void tick(long passedMillis) {
    for (int i = 0; i < watched.size(); i++) {
      Watched each = watched.get(i);
      FleetTotal total = total(each.policy, i);
      boolean complete = total.complete();
      each.timer.observe(
          total.value(),
          true,
          complete ? ClearRule.Verdict.CLEAR : ClearRule.Verdict.UNKNOWN,
          passedMillis);
      Threshold when = each.policy.when();
      each.alert.set(
          each.timer.breached(),
          complete && total.value() < when.clearBelow(),
          passedMillis,
          LiveAlert.condition(when, total.value()),
          ending -> {
            String why =
                ending == null || ending == AlertEvent.Ending.CLEARED
                    ? total.describe()
                    : ending.sentence();
            return "Over the fleet: %s%s.".formatted(ending == null ? "" : "no longer, ", why);
          });
    }
  }

  private FleetTotal total(FleetPolicy policy, int index) {
    FleetTotal total = new FleetTotal(policy);
    for (HostTracker tracker : engine.hosts.values()) {
      if (tracker.live) {
        total.add(tracker.fleetTotals.get(index));
      } else if (tracker.stale
          && engine.millis() - tracker.freshness.lastMillis < FORGOTTEN_MILLIS) {
        total.addStale(tracker.fleetTotals.get(index));
      }
    }
    return total;
  }
}
