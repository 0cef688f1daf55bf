package io.blkwarden.controller.engine;

import io.blkwarden.controller.policy.ClearRule;
import io.blkwarden.controller.policy.Detector;
import io.blkwarden.controller.policy.Threshold;
import io.blkwarden.controller.policy.threshold.ThresholdTimer;
import io.blkwarden.controller.policy.total.FleetPolicy;
import io.blkwarden.controller.policy.total.FleetTotal;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.message.Alert;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Evaluates the fleet policies with each tick and publishes their alerts.
 *
 * <p>A host that stops reporting keeps an alert open for {@link #FORGOTTEN_MILLIS}; then it is left
 * out.
 */
final class FleetPolicies {
  static final long FORGOTTEN_MILLIS = Duration.ofHours(1).toMillis();

  private final EngineState engine;
  private List<Standing> standings = List.of();

  FleetPolicies(EngineState engine) {
    this.engine = engine;
  }

  /** One policy and its state; mutable. */
  private static final class Standing {
    final FleetPolicy policy;
    final ThresholdTimer timer;
    @Nullable MessageId told;
    Instant since = Instant.EPOCH;

    Standing(FleetPolicy policy) {
      this.policy = policy;
      this.timer = new ThresholdTimer(policy.when());
    }
  }

  /** Takes new policies; an unchanged one keeps its state. */
  void rules(PolicyIndex next) {
    List<Standing> kept = new ArrayList<>();
    for (FleetPolicy policy : next.ofFleet) {
      kept.add(
          standings.stream()
              .filter(each -> each.policy.equals(policy))
              .findFirst()
              .orElseGet(() -> new Standing(policy)));
    }
    for (Standing each : standings) {
      if (!kept.contains(each)) {
        tell(each, new FleetTotal(each.policy), Alert.State.RESOLVED, "the policy was changed");
      }
    }
    standings = kept;
  }

  /** Forgets what was published, because another controller may have published since. */
  void leadershipGained() {
    standings.forEach(each -> each.told = null);
  }

  /**
   * Totals the fleet.
   *
   * @param passedMillis time since the last tick; 0 when it does not count
   */
  void tick(long passedMillis) {
    for (int i = 0; i < standings.size(); i++) {
      Standing each = standings.get(i);
      FleetTotal total = total(each.policy, i);
      ClearRule.Verdict mayClear =
          total.complete() ? ClearRule.Verdict.CLEAR : ClearRule.Verdict.UNKNOWN;
      Detector.Change change = each.timer.observe(total.value(), true, mayClear, passedMillis);
      if (change == Detector.Change.BREACHED) {
        each.since = engine.now().wall();
      }
      if (each.timer.breached() && each.told == null) {
        recall(each);
        tell(each, total, Alert.State.FIRING, "");
      } else if (!each.timer.breached() && each.told != null) {
        tell(each, total, Alert.State.RESOLVED, "");
      } else if (!each.timer.breached()) {
        Threshold when = each.policy.when();
        boolean low = total.complete() && total.value() < when.clearBelow();
        engine.restored.fleetIs(each.policy.name(), low, when.clearForMillis(), passedMillis);
      }
    }
  }

  /** It may be published already. */
  private void recall(Standing about) {
    if (engine.epoch().isPresent()) {
      engine
          .restored
          .fleet(about.policy.name())
          .ifPresent(last -> {
            about.told = last.id();
            about.since = last.since();
          });
    }
  }

  private FleetTotal total(FleetPolicy policy, int index) {
    FleetTotal total = new FleetTotal(policy);
    for (HostTracker tracker : engine.hosts.values()) {
      if (tracker.live) {
        total.add(tracker.ofFleet.get(index));
      } else if (tracker.silent && engine.millis() - tracker.lastSampleMillis < FORGOTTEN_MILLIS) {
        total.addStale(tracker.ofFleet.get(index));
      }
    }
    return total;
  }

  private void tell(Standing about, FleetTotal total, Alert.State state, String why) {
    boolean over = state == Alert.State.RESOLVED;
    MessageId id = over || about.told != null ? about.told : engine.newId();
    if (id == null || engine.epoch().isEmpty()) {
      return;
    }
    about.told = over ? null : id;
    Threshold when = about.policy.when();
    double value = Double.isNaN(total.value()) ? 0 : total.value();
    String sentence = why.isEmpty() ? total.describe() : why;
    engine.publish(
        new Alert(
            id,
            null,
            state,
            about.policy.severity(),
            about.policy.name(),
            HostId.FLEET,
            null,
            null,
            about.since,
            engine.now().wall(),
            new Alert.Condition(
                when.metric().id(),
                Math.round(value * 1_000) / 1_000.0,
                when.above(),
                when.forMillis(),
                when.clearBelow()),
            new Alert.Evidence(null, null, null, null, List.of()),
            null,
            "Over the fleet: %s%s.".formatted(over ? "no longer, " : "", sentence)));
  }
}
