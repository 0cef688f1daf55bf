package io.blkwarden.controller.engine;

import io.blkwarden.controller.alert.AlertEvent;
import io.blkwarden.controller.alert.AlertFacts;
import io.blkwarden.controller.alert.AlertInputs;
import io.blkwarden.controller.alert.AlertMachine;
import io.blkwarden.controller.alert.AlertState;
import io.blkwarden.controller.policy.Response;
import io.blkwarden.controller.policy.Threshold;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.message.Alert;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An alert: feeds events to its state machine and publishes what that returns; mutable. */
abstract class LiveAlert implements AlertInputs {
  final EngineState engine;
  private final Response.AlertLife life;

  /** Changed by {@link #apply} only. */
  private AlertState state;

  LiveAlert(EngineState engine, Response.AlertLife life, AlertState state) {
    this.engine = engine;
    this.life = life;
    this.state = state;
  }

  AlertState state() {
    return state;
  }

  /** Its id; absent without an alert. */
  @Nullable MessageId id() {
    AlertState.Life life = state.life();
    return life == null ? null : life.id();
  }

  /** Its incident; absent without one. */
  @Nullable MessageId incident() {
    AlertState.Life life = state.life();
    return life == null ? null : life.incident();
  }

  /** The devices that its incident is about; null when it has none. */
  @Nullable List<String> devices() {
    return null;
  }

  /** Removes the restored alert that it continues, and returns it; null if there is none. */
  @Nullable Alert published(@Nullable MessageId id) {
    return null;
  }

  /** Whether it continues a restored alert as soon as that is known. */
  boolean restorable() {
    return state instanceof AlertState.Active;
  }

  /**
   * Continues the alert of an earlier leader, if it is open here and was published there.
   *
   * @param complete whether an alert that is not found was resolved
   * @param ownSinceMillis an alert that this controller has published since then keeps its id
   */
  final void restore(boolean complete, long ownSinceMillis) {
    if (!restorable()) {
      return;
    }
    Alert found = published(id());
    AlertState.Life life = state.life();
    boolean own = life != null && life.last() != null && life.lastMillis() >= ownSinceMillis;
    if (!own && (found != null || complete)) {
      apply(new AlertEvent.AlertRestored(found));
    } else if (own && found != null && !found.id().equals(id())) {
      engine.alerts.restored.supersede(found);
    }
  }

  void apply(AlertEvent event) {
    AlertMachine.Transition next = AlertMachine.next(state, event, this);
    state = next.state();
    next.published().forEach(engine::publish);
  }

  /** Begins a new life after the last one was resolved. */
  void reset() {
    state = new AlertState.Inactive();
  }

  /** A value against its threshold; an unknown value is 0. */
  static Alert.Condition condition(Threshold when, double value) {
    return new Alert.Condition(
        when.metric().id(),
        Double.isNaN(value) ? 0 : AlertFacts.rounded(value),
        when.above(),
        when.forMillis(),
        when.clearBelow());
  }

  @Override
  public long nowMillis() {
    return engine.millis();
  }

  @Override
  public Instant wall() {
    return engine.now.wall();
  }

  @Override
  public MessageId newId() {
    return engine.newId();
  }

  @Override
  public boolean leads() {
    return engine.epoch.isPresent();
  }

  @Override
  public long calmMillis() {
    return life.keepFiringMillis();
  }

  @Override
  public long remindMillis() {
    return life.remindMillis();
  }

  @Override
  public Alert marked(Alert alert) {
    return engine.alerts.suppression().mark(alert);
  }
}
