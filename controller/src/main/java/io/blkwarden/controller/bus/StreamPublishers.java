package io.blkwarden.controller.bus;

import io.blkwarden.controller.bus.StreamPublisher.Gate;
import io.blkwarden.controller.nats.JetStreamAssets;
import io.blkwarden.controller.nats.NatsConnection;
import io.blkwarden.controller.snapshot.ControllerCounters;
import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.DecisionNote;
import io.blkwarden.model.subject.Subjects;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;

/**
 * Creates the publishers of alerts and decisions.
 *
 * <p>A message whose acknowledgement was lost is sent again with the same id. The stream knows ids
 * for two minutes and stores the message once; plain subscribers may receive an alert twice.
 *
 * @param reconnected emits when NATS is back
 */
record StreamPublishers(
    NatsConnection connection,
    Subjects subjects,
    ControllerCounters counters,
    Flux<?> reconnected) {
  /** Most alerts that wait: about 20 MB. */
  static final int ALERTS_MAX = 10_000;

  /** Most decisions that wait: about 10 MB. */
  static final int DECISIONS_MAX = 10_000;

  /**
   * Alerts, published by the leader only. The states of one alert keep their order. When the queue
   * is full, an intermediate state of an alert is dropped, else the new one.
   */
  StreamPublisher<Alert> alerts(Supplier<Gate> gate, Scheduler scheduler) {
    return new StreamPublisher<>(
        new StreamPublisher.Kind<>(
            "alerts",
            // the number distinguishes two states of an alert in the same millisecond
            entry ->
                connection.store(
                    JetStreamAssets.ALERTS,
                    subjects.alert(
                        entry.message().severity().wire(),
                        entry.message().host(),
                        entry.message().policy()),
                    "%s.%d.%d"
                        .formatted(
                            entry.message().id(),
                            entry.message().at().toEpochMilli(),
                            entry.number()),
                    ControlJson.encode(entry.message())),
            connection::describe,
            alert -> new String(ControlJson.encode(alert), StandardCharsets.UTF_8)),
        new PublishQueue<>(ALERTS_MAX, Alert::id, StreamPublishers::isLast),
        gate,
        counters.alerts,
        reconnected,
        scheduler,
        new SplittableRandom());
  }

  /** Whether no other state of the alert follows. */
  static boolean isLast(Alert alert) {
    return alert.state() == Alert.State.RESOLVED;
  }

  /**
   * Decisions, published in order. After a lost connection or a refusal a decision can be stored
   * before up to {@link StreamPublisher#IN_FLIGHT_MAX} - 1 earlier ones; readers sort by time. When
   * the queue is full, a new decision is dropped from the stream; it is still in the decision log.
   */
  StreamPublisher<DecisionNote> decisions(Supplier<Gate> gate, Scheduler scheduler) {
    return new StreamPublisher<>(
        new StreamPublisher.Kind<>(
            "decisions",
            entry ->
                connection.store(
                    JetStreamAssets.DECISIONS,
                    subjects.decision(entry.message().host()),
                    entry.message().id().toString(),
                    ControlJson.encode(entry.message())),
            connection::describe,
            decision -> decision.id() + " (recorded in the log only)"),
        new PublishQueue<>(DECISIONS_MAX, DecisionNote::id, _ -> true),
        gate,
        counters.decisions,
        reconnected,
        scheduler,
        new SplittableRandom());
  }
}
