package io.blkwarden.controller.engine;

import io.blkwarden.controller.alert.AlertEvent;
import io.blkwarden.controller.alert.AlertFacts;
import io.blkwarden.controller.alert.AlertState;
import io.blkwarden.controller.policy.Response;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.message.Alert;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The alert of a policy about the fleet; mutable. */
final class FleetAlert extends LiveAlert {
  /** Shortest time that the whole fleet must be calm before a restored alert is resolved. */
  static final long CALM_MILLIS = 60_000;

  final String policy;

  /** The hosts that it is about. */
  final Predicate<HostId> covers;

  private final Alert.Severity severity;
  private Alert.Condition condition = new Alert.Condition("unknown", 0, 0, 0, 0);
  private Summary summary = _ -> "";

  FleetAlert(
      EngineState engine,
      String policy,
      Alert.Severity severity,
      long clearForMillis,
      Predicate<HostId> covers) {
    super(
        engine,
        new Response.AlertLife(Math.max(CALM_MILLIS, clearForMillis), 0),
        new AlertState.Inactive());
    this.policy = policy;
    this.severity = severity;
    this.covers = covers;
  }

  /** The summary of the alert. */
  interface Summary {
    /** The summary, with the reason if the alert is over. */
    String of(AlertEvent.@Nullable Ending ending);
  }

  static Alert.Condition condition(String metric, double value, double above) {
    return new Alert.Condition(metric, AlertFacts.rounded(value), above, 0, above);
  }

  /**
   * Applies the result of an evaluation.
   *
   * @param over whether its condition is met
   * @param low whether it is known not to be met
   * @param passedMillis time since the last evaluation; 0 when it does not count
   */
  void set(
      boolean over, boolean low, long passedMillis, Alert.Condition measured, Summary sentence) {
    condition = measured;
    summary = sentence;
    if (over) {
      if (!(state() instanceof AlertState.Active)) {
        apply(new AlertEvent.Breached(newId(), null));
      }
      apply(new AlertEvent.Refreshed());
    } else if (state() instanceof AlertState.Active) {
      apply(new AlertEvent.Ended(AlertEvent.Ending.CLEARED));
    } else {
      boolean allReport = engine.hostsLive > 0 && engine.hostsLive == engine.hosts.size();
      apply(new AlertEvent.Measured(low && allReport, passedMillis));
    }
  }

  @Override
  @Nullable Alert published(@Nullable MessageId id) {
    return engine.alerts.restored.claim(HostId.FLEET, each -> each.isAbout(this), id);
  }

  @Override
  boolean restorable() {
    return true;
  }

  @Override
  void apply(AlertEvent event) {
    boolean open = state().last() != null;
    super.apply(event);
    engine.alerts.marksStale |= open != (state().last() != null);
    if (state() instanceof AlertState.Resolved) {
      reset();
    }
  }

  @Override
  public Alert message(
      AlertState.Active state, Alert.State published, AlertEvent.@Nullable Ending ending) {
    return new Alert(
        state.life().id(),
        null,
        published,
        severity,
        policy,
        HostId.FLEET,
        null,
        null,
        state.life().since(),
        wall(),
        condition,
        new Alert.Evidence(null, null, null, null, null, null, List.of()),
        null,
        summary.of(ending),
        null,
        null,
        null,
        null,
        null);
  }
}
