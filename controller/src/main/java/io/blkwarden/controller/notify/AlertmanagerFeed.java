package io.blkwarden.controller.notify;

import io.blkwarden.controller.alert.NotifiedAlerts.Notification;
import io.blkwarden.controller.snapshot.ControllerCounters;
import io.blkwarden.controller.snapshot.ControllerCounters.Receiver;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.message.Alert;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Sends alerts to one Alertmanager; used on one thread.
 *
 * <p>Only the latest state of each alert waits, which bounds the queue during an outage; at {@link
 * #WAITING_MAX} new alerts are dropped and counted. Failed requests are repeated after pauses that
 * double from 1 s to 1 min.
 */
final class AlertmanagerFeed {
  /** Most waiting alerts. */
  static final int WAITING_MAX = 65_536;

  private static final int BATCH = 200;
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);
  private static final int VALID_INTERVALS = 3;
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Logger log = LoggerFactory.getLogger(AlertmanagerFeed.class);

  private final HttpPoster poster;
  private final long resendMillis;
  private final InstantSource clock;
  private final Retry retry;
  private final ControllerCounters counters;
  private final Map<MessageId, Notification> waiting = new LinkedHashMap<>();
  private boolean busy;

  AlertmanagerFeed(
      HttpPoster poster, long resendMillis, InstantSource clock, ControllerCounters counters) {
    this.poster = poster;
    this.resendMillis = resendMillis;
    this.clock = clock;
    this.retry =
        Retry.backoff(Long.MAX_VALUE, FIRST_PAUSE)
            .maxBackoff(LONGEST_PAUSE)
            .jitter(0)
            .scheduler(poster.scheduler());
    this.counters = counters;
  }

  long resendMillis() {
    return resendMillis;
  }

  void add(Notification notification) {
    if (waiting.size() >= WAITING_MAX && !waiting.containsKey(notification.alert().id())) {
      ControllerCounters.increment(counters.notificationsDropped, Receiver.ALERTMANAGER);
      log.error(
          "alertmanager {}: alert {} dropped: queue full", poster.url(), notification.alert().id());
      return;
    }
    waiting.put(notification.alert().id(), notification);
    next();
  }

  /** Sends open alerts again, before they expire in Alertmanager. */
  void resend(Collection<Alert> open) {
    for (Alert each : open) {
      if (!waiting.containsKey(each.id())) {
        add(new Notification(each, false));
      }
    }
  }

  /** Clears the queue. */
  void clear() {
    waiting.clear();
  }

  /** How many alerts are not sent yet. */
  int pending() {
    return waiting.size();
  }

  private void next() {
    if (busy || waiting.isEmpty()) {
      return;
    }
    busy = true;
    Disposable _ =
        Mono.defer(this::post)
            .retryWhen(retry)
            .repeat(() -> !waiting.isEmpty())
            .subscribe(_ -> {}, _ -> {}, () -> busy = false);
  }

  private Mono<Void> post() {
    List<Notification> batch =
        new ArrayList<>(waiting.values()).subList(0, Math.min(BATCH, waiting.size()));
    if (batch.isEmpty()) {
      return Mono.empty(); // cleared during a pause
    }
    byte[] json = body(batch, clock.instant(), resendMillis * VALID_INTERVALS);
    return poster
        .post(json)
        .doOnSuccess(_ -> {
          ControllerCounters.add(counters.notificationsSent, Receiver.ALERTMANAGER, batch.size());
          batch.forEach(each -> waiting.remove(each.alert().id(), each));
        })
        .doOnError(e -> {
          ControllerCounters.increment(counters.notificationsFailed, Receiver.ALERTMANAGER);
          log.warn(
              "alertmanager {}: {} alerts not sent, retrying: {}",
              poster.url(),
              waiting.size(),
              e.toString());
        });
  }

  /**
   * The request body of Alertmanager's API v2 ({@code POST /api/v2/alerts}). Labels identify an
   * alert in Alertmanager, so they are what never changes; the rest is in annotations.
   *
   * @param now the controller's wall clock
   * @param validMillis when an open alert expires in Alertmanager unless it is sent again
   */
  private static byte[] body(
      Collection<Notification> notifications, Instant now, long validMillis) {
    ArrayNode array = JSON.createArrayNode();
    for (Notification notification : notifications) {
      encode(array.addObject(), notification, now, validMillis);
    }
    return JSON.writeValueAsBytes(array);
  }

  private static void encode(
      ObjectNode into, Notification notification, Instant now, long validMillis) {
    Alert alert = notification.alert();
    ObjectNode labels = into.putObject("labels");
    labels.put("alertname", alert.policy());
    labels.put("severity", alert.severity().wire());
    labels.put("host", alert.host().value());
    if (alert.domain() != null) {
      labels.put("domain", alert.domain().name());
      labels.put("domain_uuid", alert.domain().uuid().toString());
    }
    if (alert.disk() != null) {
      labels.put("disk", alert.disk().vdev());
      labels.put("role", alert.disk().role().wire());
    }
    if (alert.device() != null) {
      labels.put("device", alert.device());
    }
    if (alert.incident() != null) {
      labels.put("incident", alert.incident().value());
    }
    ObjectNode annotations = into.putObject("annotations");
    annotations.put("summary", alert.summary());
    annotations.put("alert", alert.id().value());
    annotations.put("state", alert.state().wire());
    into.put("startsAt", alert.since().toString());
    Instant ends = notification.ended() ? alert.at() : now.plusMillis(validMillis);
    // Alertmanager refuses an end before the start
    into.put("endsAt", (ends.isBefore(alert.since()) ? alert.since() : ends).toString());
  }
}
