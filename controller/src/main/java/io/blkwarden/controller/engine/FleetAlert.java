package io.blkwarden.controller.engine;

import io.blkwarden.model.HostId;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.message.Alert;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A built-in alert about the fleet. */
final class FleetAlert {
  private final EngineState engine;
  private final String policy;
  private final String metric;
  private @Nullable MessageId firing;
  private Instant since = Instant.EPOCH;
  private boolean again;

  FleetAlert(EngineState engine, String policy, String metric) {
    this.engine = engine;
    this.policy = policy;
    this.metric = metric;
  }

  /** Makes the next {@link #set} publish the firing alert again under the same id. */
  void changed() {
    again = true;
  }

  /**
   * Publishes the alert if its state changed and this controller leads.
   *
   * @param now whether it is firing
   */
  void set(boolean now, double value, double above, String whileFiring, String whenOver) {
    boolean same = now == (firing != null) && !(now && again);
    if (same || engine.epoch().isEmpty()) {
      return;
    }
    Optional<Alert> before = engine.restored.fleet(policy);
    MessageId id = firing == null ? before.map(Alert::id).orElseGet(engine::newId) : firing;
    since = firing == null ? before.map(Alert::since).orElse(engine.now().wall()) : since;
    firing = now ? id : null;
    again = false;
    engine.publish(
        new Alert(
            id,
            null,
            now ? Alert.State.FIRING : Alert.State.RESOLVED,
            Alert.Severity.CRITICAL,
            policy,
            HostId.FLEET,
            null,
            null,
            since,
            engine.now().wall(),
            new Alert.Condition(metric, Math.round(value * 1_000) / 1_000.0, above, 0, above),
            new Alert.Evidence(null, null, null, null, List.of()),
            null,
            now ? whileFiring : whenOver));
  }
}
