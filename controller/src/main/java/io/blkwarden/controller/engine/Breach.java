package io.blkwarden.controller.engine;

import io.blkwarden.controller.alert.AlertEvent;
import io.blkwarden.controller.alert.AlertEvent.Ending;
import io.blkwarden.controller.alert.AlertFacts;
import io.blkwarden.controller.alert.AlertState;
import io.blkwarden.controller.attribution.HostAttribution.Finding;
import io.blkwarden.controller.fleet.Metric;
import io.blkwarden.controller.snapshot.KnownNumbers;
import io.blkwarden.controller.throttle.Attempts;
import io.blkwarden.controller.throttle.Lease;
import io.blkwarden.controller.throttle.ThrottleState;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.message.Alert;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A breach from its start until its alert is resolved: its alert and its throttle; mutable.
 *
 * <p>A standing policy has no alert.
 */
final class Breach extends LiveAlert {
  /** Longest time that the first publication of an alert waits for the answer to a command. */
  private static final long WAIT_MILLIS = 3_000;

  Throttle throttle;
  final Evaluation evaluation;

  Breach(EngineState engine, Evaluation evaluation) {
    super(engine, evaluation.policy.then().life(), new AlertState.Inactive());
    this.evaluation = evaluation;
    this.throttle = Throttle.of(evaluation);
  }

  /** Whether the breach is over, and its alert is only kept for a while. */
  boolean isKept() {
    return state().isKept();
  }

  @Override
  List<String> devices() {
    return evaluation.devices();
  }

  @Override
  @Nullable Alert published(@Nullable MessageId id) {
    return engine.alerts.restored.claim(
        evaluation.tracker.host(), each -> each.isAbout(evaluation), id);
  }

  /** The same breach again before its alert was resolved: earlier attempts do not count. */
  void restart() {
    apply(new AlertEvent.Breached(engine.newId(), null));
    if (throttle.lease() == null) {
      throttle = Throttle.of(evaluation);
    }
  }

  /** The breach is over and has no throttle any more. */
  void finishThrottle() {
    Attempts.End end =
        new Attempts.End(Attempts.End.Kind.CLEARED, "it is over; its alert is kept for a while");
    ThrottleState over = new ThrottleState.Finished(end, throttle.state.report());
    throttle = Throttle.of(evaluation);
    throttle.state = over;
  }

  @Override
  public Throttling throttling() {
    Lease lease = throttle.lease();
    if (lease == null) {
      Alert last = state().last();
      return last != null
              && last.state() == Alert.State.HANDLED
              && engine.alerts.awaitsHeartbeat(evaluation.tracker)
          ? Throttling.PENDING
          : Throttling.NONE;
    }
    if (throttle.state.inForce()) {
      return Throttling.IN_FORCE;
    }
    long wait = Math.min(WAIT_MILLIS, engine.settings.commandExpiresMillis());
    return throttle.state instanceof ThrottleState.Requested
            && lease.commands() > 0
            && nowMillis() - (lease.endsMillis() - lease.leaseMillis()) < wait
        ? Throttling.PENDING
        : Throttling.LEASED;
  }

  @Override
  public Alert.@Nullable Action action() {
    return AlertFacts.action(evaluation.policy, throttle.state, throttle.attempts);
  }

  @Override
  public Alert message(AlertState.Active state, Alert.State published, @Nullable Ending ending) {
    HostTracker tracker = evaluation.tracker;
    Optional<Finding> blame = tracker.attributions.of(evaluation);
    return new AlertFacts(
            tracker.host(),
            tracker.problem,
            evaluation.domain,
            evaluation.disk.vdev(),
            tracker.disk(evaluation.disk),
            evaluation.policy,
            evaluation.detector,
            evaluation.value,
            evaluation.load,
            evaluation.origin,
            new Alert.Evidence(
                KnownNumbers.rounded(evaluation.measured(Metric.DEVICE_TIME_SHARE)),
                KnownNumbers.rounded(evaluation.measured(Metric.DEVICE_UTIL)),
                KnownNumbers.rounded(evaluation.measured(Metric.DEVICE_AWAIT)),
                KnownNumbers.rounded(evaluation.measured(Metric.HOST_IO_FULL)),
                blame.map(Attributions::correlation).orElse(null),
                blame.map(Attributions::toAlert).orElse(null),
                evaluation.history.rows()),
            blame.orElse(null),
            throttle.state,
            throttle.attempts)
        .message(state, published, ending, wall());
  }
}
