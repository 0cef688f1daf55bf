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
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * Reads the open alerts from the stream {@code BLKWARDEN_ALERTS} and from this controller's queue
 * of later states.
 *
 * <p>Reads at most the last {@link #STATES_MAX} states, and waits at most {@link #READ_TIMEOUT} for
 * each. If the stream cannot be read, open alerts are raised again under new ids, and that is
 * logged: a leader that starts late does more harm.
 *
 * @param pending alerts of this controller that are not stored yet, in order
 */
public record OpenAlerts(
    NatsConnection connection, Subjects subjects, Supplier<List<Alert>> pending) {
  /** Most alert states that are read, the newest. */
  static final long STATES_MAX = 200_000;

  private static final Duration READ_TIMEOUT = Duration.ofSeconds(5);
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

  /** The last state of each alert that is not resolved; never fails. */
  public Mono<List<Alert>> read() {
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
              Mono.fromRunnable(
                  () -> log.info("alerts: {} open in the stream", states.open.size())))
          .onErrorResume(e -> {
            log.warn(
                "alerts: stream not read completely, some open alerts are raised again: {}",
                e.getMessage());
            return Mono.empty();
          })
          .then(
              Mono.fromSupplier(() -> {
                later.forEach(states::add);
                return List.copyOf(states.open.values());
              }));
    });
  }
}
