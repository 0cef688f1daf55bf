package io.blkwarden.controller.bus;

import io.blkwarden.model.MessageId;
import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.json.Decoded;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.subject.Subjects;
import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamSubscription;
import io.nats.client.Message;
import io.nats.client.PushSubscribeOptions;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.DeliverPolicy;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the open alerts in the stream {@code BLKWARDEN_ALERTS}; waits for the server.
 *
 * <p>Reads the last {@link #WORDS_MAX} words at most, for {@link #PATIENCE} at most without one. If
 * the stream cannot be read, the alerts that are open there go on under new ids, and that is
 * logged: a controller that commands late does more harm.
 */
final class OpenAlerts {
  /** Most words that are read, the newest. */
  static final long WORDS_MAX = 200_000;

  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Logger log = LoggerFactory.getLogger(OpenAlerts.class);

  private OpenAlerts() {}

  /** The last word on each alert that is not resolved. */
  static List<Alert> read(Connection link, Subjects subjects) {
    Map<MessageId, Alert> open = new LinkedHashMap<>();
    try {
      boolean whole = read(link, subjects, open);
      log.info("alerts: {} are open from before", open.size());
      if (!whole) {
        log.warn("alerts: their stream stopped answering; some open ones may get new ids");
      }
    } catch (IOException | JetStreamApiException | IllegalStateException e) {
      log.warn(
          "alerts: those told before could not be read, open ones get new ids: {}", e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return List.copyOf(open.values());
  }

  private static boolean read(Connection link, Subjects subjects, Map<MessageId, Alert> open)
      throws IOException, JetStreamApiException, InterruptedException {
    String all = subjects.prefix() + ".alert.>";
    long last =
        link.jetStreamManagement(JetStreamAssets.options())
            .getStreamInfo(JetStreamAssets.ALERTS)
            .getStreamState()
            .getLastSequence();
    ConsumerConfiguration from =
        ConsumerConfiguration.builder()
            .deliverPolicy(DeliverPolicy.ByStartSequence)
            .startSequence(Math.max(1, last - WORDS_MAX + 1))
            .build();
    JetStreamSubscription words =
        link.jetStream(JetStreamAssets.options())
            .subscribe(
                all,
                PushSubscribeOptions.builder().stream(JetStreamAssets.ALERTS)
                    .ordered(true)
                    .configuration(from)
                    .build());
    try {
      long left = words.getConsumerInfo().getCalculatedPending();
      while (left > 0) {
        Message message = words.nextMessage(PATIENCE);
        if (message == null) {
          return false;
        }
        left = message.metaData().pendingCount();
        if (ControlJson.decode(Alert.class, message.getData())
            instanceof Decoded.Ok<Alert>(Alert alert)) {
          take(alert, open);
        }
      }
      return true;
    } finally {
      words.unsubscribe();
    }
  }

  private static void take(Alert alert, Map<MessageId, Alert> open) {
    if (alert.state() == Alert.State.RESOLVED) {
      open.remove(alert.id());
    } else {
      open.put(alert.id(), alert);
    }
  }
}
