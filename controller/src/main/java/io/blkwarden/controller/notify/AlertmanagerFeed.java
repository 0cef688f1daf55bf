package io.blkwarden.controller.notify;

import io.blkwarden.controller.notify.NotifiedAlerts.Notification;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.message.Alert;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;

/**
 * Keeps one Alertmanager told; used on one thread.
 *
 * <p>Only the last word on each alert waits, so an outage there costs no more than one word an
 * alert; at {@link #WAITING_MAX} a new one is dropped and counted. Failed requests are made again
 * after pauses that double from 1 s to 1 min.
 */
final class AlertmanagerFeed {
  /** Most alerts that wait. */
  static final int WAITING_MAX = 65_536;

  private static final int BATCH = 200;
  private static final long FIRST_PAUSE_MILLIS = 1_000;
  private static final long LONGEST_PAUSE_MILLIS = 60_000;
  private static final int LASTS_INTERVALS = 3;
  private static final Logger log = LoggerFactory.getLogger(AlertmanagerFeed.class);

  private final HttpPoster poster;
  private final long resendMillis;
  private final InstantSource clock;
  private final Scheduler scheduler;
  private final NotifyCounters counters;
  private final Map<MessageId, Notification> waiting = new LinkedHashMap<>();
  private long pauseMillis = FIRST_PAUSE_MILLIS;
  private boolean busy;

  AlertmanagerFeed(
      HttpPoster poster,
      Duration resend,
      InstantSource clock,
      Scheduler scheduler,
      NotifyCounters counters) {
    this.poster = poster;
    this.resendMillis = resend.toMillis();
    this.clock = clock;
    this.scheduler = scheduler;
    this.counters = counters;
  }

  long resendMillis() {
    return resendMillis;
  }

  void add(Notification page) {
    if (waiting.size() >= WAITING_MAX && !waiting.containsKey(page.alert().id())) {
      counters.dropped.increment();
      log.error(
          "alertmanager {}: alert {} not sent, too many wait", poster.url(), page.alert().id());
      return;
    }
    waiting.put(page.alert().id(), page);
    next();
  }

  /** Sends open alerts again, lest they end there by themselves. */
  void resend(Collection<Alert> open) {
    for (Alert each : open) {
      if (!waiting.containsKey(each.id())) {
        add(new Notification(each, false));
      }
    }
  }

  /** Forgets what is not sent yet. */
  void forget() {
    waiting.clear();
  }

  /** How many are not sent yet. */
  int pending() {
    return waiting.size();
  }

  private void next() {
    if (busy || waiting.isEmpty()) {
      return;
    }
    busy = true;
    List<Notification> batch =
        new ArrayList<>(waiting.values()).subList(0, Math.min(BATCH, waiting.size()));
    byte[] json = AlertmanagerJson.body(batch, clock.instant(), resendMillis * LASTS_INTERVALS);
    Disposable _ =
        poster.post(json).subscribe(_ -> {}, e -> failed(e.toString()), () -> sent(batch));
  }

  private void sent(List<Notification> batch) {
    counters.sent.add(batch.size());
    batch.forEach(page -> waiting.remove(page.alert().id(), page));
    pauseMillis = FIRST_PAUSE_MILLIS;
    busy = false;
    next();
  }

  private void failed(String why) {
    counters.failed.increment();
    log.warn(
        "alertmanager {}: {} alerts wait, again in {} ms: {}",
        poster.url(),
        waiting.size(),
        pauseMillis,
        why);
    Disposable _ =
        scheduler.schedule(
            () -> {
              busy = false;
              next();
            },
            pauseMillis,
            TimeUnit.MILLISECONDS);
    pauseMillis = Math.min(LONGEST_PAUSE_MILLIS, pauseMillis * 2);
  }
}
