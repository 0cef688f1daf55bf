package io.blkwarden.controller.bus;

import io.blkwarden.controller.nats.JetStreamAssets;
import io.blkwarden.controller.nats.NatsLink;
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
 * Finds the open alerts: those of the stream {@code BLKWARDEN_ALERTS}, as far as this controller
 * has nothing later of them that waits to be stored.
 *
 * <p>Reads the last {@link #STATES_MAX} states at most, for {@link #PATIENCE} at most without one.
 * If the stream cannot be read, the alerts that are open there go on under new ids, and that is
 * logged: a controller that commands late does more harm.
 */
final class OpenAlerts {
  /** Most states that are read, the newest. */
  static final long STATES_MAX = 200_000;

  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Logger log = LoggerFactory.getLogger(OpenAlerts.class);

  private final NatsLink link;
  private final Subjects subjects;
  private final Supplier<List<Alert>> pending;

  /**
   * A finder.
   *
   * @param pending alerts of this controller that wait to be stored, in order
   */
  OpenAlerts(NatsLink link, Subjects subjects, Supplier<List<Alert>> pending) {
    this.link = link;
    this.subjects = subjects;
    this.pending = pending;
  }

  /** Alerts as their states are read; one of a leader that was deposed by then changes nothing. */
  private static final class States {
    private final Map<MessageId, Alert> open = new LinkedHashMap<>();
    private final Map<MessageId, Long> epochs = new HashMap<>();

    void take(Alert alert) {
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
  Mono<List<Alert>> read() {
    return Mono.defer(() -> {
      States states = new States();
      List<Alert> later = pending.get(); // before the stream: what is stored meanwhile is in both
      return link.tail(JetStreamAssets.ALERTS, subjects.prefix() + ".alert.>", STATES_MAX, PATIENCE)
          .doOnNext(json -> {
            if (ControlJson.decode(Alert.class, json) instanceof Decoded.Ok<Alert>(Alert alert)) {
              states.take(alert);
            }
          })
          .then(
              Mono.fromRunnable(
                  () -> log.info("alerts: {} are open from before", states.open.size())))
          .onErrorResume(e -> {
            log.warn(
                "alerts: those published before could not all be read, some open ones get new ids:"
                    + " {}",
                e.getMessage());
            return Mono.empty();
          })
          .then(
              Mono.fromSupplier(() -> {
                later.forEach(states::take);
                return List.copyOf(states.open.values());
              }));
    });
  }
}
