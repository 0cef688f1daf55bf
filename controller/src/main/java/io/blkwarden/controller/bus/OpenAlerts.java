package io.blkwarden.controller.bus;

import io.blkwarden.controller.nats.JetStreamAssets;
import io.blkwarden.controller.nats.NatsConnection;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.json.Decoded;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.subject.Subjects;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Reads the open alerts from the stream {@code BLKWARDEN_ALERTS} and from this controller's queue
 * of later states.
 *
 * <p>Reads at most the last {@link #STATES_MAX} states, and waits at most {@link #READ_TIMEOUT} for
 * each. If the stream cannot be read, this controller leads without it, because a leader that
 * starts late does more harm, and reads the stream again until that succeeds.
 *
 * @param pending alerts of this controller that are not stored yet, in order
 */
public record OpenAlerts(
    NatsConnection connection, Subjects subjects, Supplier<List<Alert>> pending) {
  /** Most alert states that are read, the newest. */
  static final long STATES_MAX = 200_000;

  private static final Duration READ_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration REPEAT = Duration.ofSeconds(5);
  private static final Logger log = LoggerFactory.getLogger(OpenAlerts.class);

  /** The open alerts; a state with an older epoch than one before it is ignored. */
  private static final class States {
    private final Map<MessageId, Alert> open = new LinkedHashMap<>();
    private final Map<MessageId, Long> epochs = new HashMap<>();

    void add(Alert alert) {
      long epoch = alert.epoch() == null ? 0 : alert.epoch();
      if (epochs.merge(alert.id(), epoch, Math::max) > epoch) {
        return;
      }
      if (alert.state() == Alert.State.RESOLVED) {
        open.remove(alert.id());
      } else {
        open.put(alert.id(), alert);
      }
    }
  }

  /**
   * Reads the stream again every {@link #REPEAT} until it is read, or this controller does not
   * lead.
   */
  Mono<FleetBus.SharedState.OpenAlerts> readAgain(BooleanSupplier leads, Scheduler timer) {
    return Mono.delay(REPEAT, timer)
        .then(read())
        .repeat(leads)
        .filter(FleetBus.SharedState.OpenAlerts::complete)
        .next();
  }

  /** The last state of each alert that is not resolved; never fails. */
  public Mono<FleetBus.SharedState.OpenAlerts> read() {
    return Mono.defer(() -> {
      States states = new States();
      List<Alert> later = pending.get(); // first: alerts stored in the meantime are in both
      return connection
          .lastMessages(
              JetStreamAssets.ALERTS, subjects.prefix() + ".alert.>", STATES_MAX, READ_TIMEOUT)
          .doOnNext(json -> {
            if (ControlJson.decode(Alert.class, json) instanceof Decoded.Ok<Alert>(Alert alert)) {
              states.add(alert);
            }
          })
          .then(
              Mono.fromCallable(() -> {
                log.info("alerts: {} open in the stream", states.open.size());
                return true;
              }))
          .onErrorResume(e -> {
            log.warn(
                "alerts: stream not read completely, trying again in {} s: {}",
                REPEAT.toSeconds(),
                e.getMessage());
            return Mono.just(false);
          })
          .map(complete -> {
            later.forEach(states::add);
            return new FleetBus.SharedState.OpenAlerts(List.copyOf(states.open.values()), complete);
          });
    });
  }
}
