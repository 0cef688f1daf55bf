package io.blkwarden.controller.notify;

import io.blkwarden.controller.notify.NotifiedAlerts.Notification;
import io.blkwarden.model.json.ControlJson;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;
import reactor.util.retry.Retry;

/**
 * Posts alerts to one webhook, one after the other, in order; used on one thread.
 *
 * <p>Each is tried so often, with pauses that double from 500 ms to 30 s; then it is given up. At
 * the bound a new one is refused, so that the order of the others stays true.
 */
final class WebhookSender {
  private static final Logger log = LoggerFactory.getLogger(WebhookSender.class);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

  private final HttpPoster poster;
  private final int attempts;
  private final int limit;
  private final Scheduler scheduler;
  private final NotifyCounters counters;
  private final Queue<Notification> waiting = new ArrayDeque<>();
  private boolean busy;

  WebhookSender(
      HttpPoster poster, int attempts, int limit, Scheduler scheduler, NotifyCounters counters) {
    this.poster = poster;
    this.attempts = attempts;
    this.limit = limit;
    this.scheduler = scheduler;
    this.counters = counters;
  }

  void add(Notification page) {
    if (waiting.size() >= limit) {
      drop(page, "%d wait already".formatted(limit));
      return;
    }
    waiting.add(page);
    next();
  }

  /** How many are not delivered yet. */
  int pending() {
    return waiting.size() + (busy ? 1 : 0);
  }

  private void next() {
    Notification page = busy ? null : waiting.poll();
    if (page == null) {
      return;
    }
    busy = true;
    byte[] json = ControlJson.encode(page.alert());
    Disposable _ =
        poster
            .post(json)
            .doOnError(e -> counters.failed.increment())
            .retryWhen(
                Retry.backoff(attempts - 1L, FIRST_PAUSE)
                    .maxBackoff(LONGEST_PAUSE)
                    .jitter(0.5)
                    .scheduler(scheduler)
                    .onRetryExhaustedThrow((_, last) -> last.failure()))
            .subscribe(
                _ -> {},
                e -> {
                  drop(page, e.toString());
                  done();
                },
                () -> {
                  counters.sent.increment();
                  done();
                });
  }

  private void done() {
    busy = false;
    next();
  }

  private void drop(Notification page, String why) {
    counters.dropped.increment();
    log.error(
        "webhook {}: alert {} ({}) not delivered: {}",
        poster.url(),
        page.alert().id(),
        page.alert().state().wire(),
        why);
  }
}
