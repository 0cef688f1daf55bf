package io.blkwarden.controller.bus;

import io.blkwarden.controller.nats.JetStreamAssets;
import io.blkwarden.controller.nats.NatsLink;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.json.Decoded;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.subject.Subjects;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * Finds the open alerts in the stream {@code BLKWARDEN_ALERTS}.
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

  OpenAlerts(NatsLink link, Subjects subjects) {
    this.link = link;
    this.subjects = subjects;
  }

  /** The last state of each alert that is not resolved; never fails. */
  Mono<List<Alert>> read() {
    return Mono.defer(() -> {
      Map<MessageId, Alert> open = new LinkedHashMap<>();
      return link.tail(JetStreamAssets.ALERTS, subjects.prefix() + ".alert.>", STATES_MAX, PATIENCE)
          .doOnNext(json -> take(json, open))
          .then(Mono.fromRunnable(() -> log.info("alerts: {} are open from before", open.size())))
          .onErrorResume(e -> {
            log.warn(
                "alerts: those published before could not all be read, some open ones get new ids:"
                    + " {}",
                e.getMessage());
            return Mono.empty();
          })
          .then(Mono.fromSupplier(() -> List.copyOf(open.values())));
    });
  }

  private static void take(byte[] json, Map<MessageId, Alert> open) {
    if (ControlJson.decode(Alert.class, json) instanceof Decoded.Ok<Alert>(Alert alert)) {
      if (alert.state() == Alert.State.RESOLVED) {
        open.remove(alert.id());
      } else {
        open.put(alert.id(), alert);
      }
    }
  }
}
