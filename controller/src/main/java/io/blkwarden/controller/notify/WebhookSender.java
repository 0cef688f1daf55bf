package io.blkwarden.controller.notify;

import io.blkwarden.controller.alert.NotifiedAlerts.Notification;
import io.blkwarden.controller.notify.settings.NotifySettings;
import io.blkwarden.controller.notify.settings.WebhookTemplate;
import io.blkwarden.controller.snapshot.ControllerCounters;
import io.blkwarden.controller.snapshot.ControllerCounters.Receiver;
import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.message.Alert;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.publisher.BufferOverflowStrategy;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.util.retry.Retry;

/**
 * Posts alerts to one webhook, one after the other; used on one thread.
 *
 * <p>Each alert is tried a number of times with pauses from 500 ms to 30 s, then dropped. When the
 * queue is full, new alerts are dropped, so that an alert's states keep their order.
 */
final class WebhookSender {
  private static final Logger log = LoggerFactory.getLogger(WebhookSender.class);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

  private final HttpPoster poster;
  private final NotifySettings.Webhook settings;
  private final Retry retry;
  private final ControllerCounters counters;
  private final Sinks.Many<Notification> queue = Sinks.many().unicast().onBackpressureBuffer();
  private int pending;

  WebhookSender(HttpPoster poster, NotifySettings.Webhook settings, ControllerCounters counters) {
    this.poster = poster;
    this.settings = settings;
    this.counters = counters;
    this.retry =
        Retry.backoff(settings.attempts() - 1L, FIRST_PAUSE)
            .maxBackoff(LONGEST_PAUSE)
            .jitter(0.5)
            .scheduler(poster.scheduler())
            .onRetryExhaustedThrow((_, last) -> last.failure());
    Disposable _ =
        queue
            .asFlux()
            .onBackpressureBuffer(
                settings.queue(),
                dropped -> drop(dropped, "queue full, %d waiting".formatted(settings.queue())),
                BufferOverflowStrategy.DROP_LATEST)
            .concatMap(this::post, 0)
            .subscribe(
                _ -> {},
                e -> log.error("webhook {} is no longer notified: {}", poster.url(), e, e));
  }

  void add(Notification notification) {
    if (!settings.severities().contains(notification.alert().severity())) {
      return;
    }
    pending++;
    queue.emitNext(notification, Sinks.EmitFailureHandler.FAIL_FAST);
  }

  /** How many alerts are not delivered yet. */
  int pending() {
    return pending;
  }

  private Mono<Void> post(Notification notification) {
    return Mono.defer(() -> poster.post(body(notification.alert())))
        .doOnError(
            _ -> ControllerCounters.increment(counters.notificationsFailed, Receiver.WEBHOOK))
        .retryWhen(retry)
        .doOnSuccess(_ -> {
          pending--;
          ControllerCounters.increment(counters.notificationsSent, Receiver.WEBHOOK);
        })
        .onErrorResume(e -> {
          drop(notification, e.toString());
          return Mono.empty();
        });
  }

  private byte[] body(Alert alert) {
    WebhookTemplate template = settings.template();
    return template == null ? ControlJson.encode(alert) : template.body(alert);
  }

  private void drop(Notification notification, String why) {
    pending--;
    ControllerCounters.increment(counters.notificationsDropped, Receiver.WEBHOOK);
    log.error(
        "webhook {}: alert {} ({}) not delivered: {}",
        poster.url(),
        notification.alert().id(),
        notification.alert().state().wire(),
        why);
  }
}
