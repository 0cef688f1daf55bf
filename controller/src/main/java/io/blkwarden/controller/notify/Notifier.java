package io.blkwarden.controller.notify;

import io.blkwarden.controller.alert.NotifiedAlerts;
import io.blkwarden.controller.notify.settings.NotifySettings;
import io.blkwarden.controller.notify.settings.Secret;
import io.blkwarden.controller.snapshot.ControllerCounters;
import io.blkwarden.model.message.Alert;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.netty.http.client.HttpClient;

/**
 * Sends alerts to Alertmanagers and webhooks, on a thread of its own.
 *
 * <p>At most {@link #QUEUE_MAX} alerts wait for that thread; further ones are dropped, counted and
 * logged. They are still published on NATS.
 */
public final class Notifier {
  /** Most queued alerts. */
  public static final int QUEUE_MAX = 65_536;

  private static final Duration FLUSH_CHECK = Duration.ofMillis(50);
  private static final Duration FLUSH_MARGIN = Duration.ofSeconds(5);
  private static final Logger log = LoggerFactory.getLogger(Notifier.class);

  private final Scheduler thread;
  private final NotifiedAlerts notifiedAlerts = new NotifiedAlerts();
  private final ControllerCounters counters;
  private final Map<Path, Secret> tokens;
  private final HttpClient client = HttpClient.create();
  private final AtomicInteger queued = new AtomicInteger();
  private final List<AlertmanagerFeed> alertmanagers;
  private final List<WebhookSender> webhooks;

  /**
   * Creates a notifier.
   *
   * @param tokens by file
   * @param leading whether this controller leads; otherwise open alerts are not sent again
   * @param thread one thread, which runs everything
   */
  public Notifier(
      NotifySettings settings,
      Map<Path, Secret> tokens,
      InstantSource clock,
      BooleanSupplier leading,
      ControllerCounters counters,
      Scheduler thread) {
    this.thread = thread;
    this.counters = counters;
    this.tokens = tokens;
    alertmanagers =
        settings.alertmanagers().stream()
            .map(each ->
                new AlertmanagerFeed(
                    poster(api(each.url()), each.tokenFile(), each.timeoutMillis()),
                    each.resendMillis(),
                    clock,
                    counters))
            .toList();
    webhooks =
        settings.webhooks().stream()
            .map(each ->
                new WebhookSender(
                    poster(each.url(), each.tokenFile(), each.timeoutMillis()), each, counters))
            .toList();
    for (AlertmanagerFeed feed : alertmanagers) {
      Disposable _ =
          thread.schedulePeriodically(
              () -> {
                if (leading.getAsBoolean()) {
                  feed.resend(notifiedAlerts.open());
                }
              },
              feed.resendMillis(),
              feed.resendMillis(),
              TimeUnit.MILLISECONDS);
    }
  }

  private HttpPoster poster(URI url, @Nullable Path tokenFile, long timeoutMillis) {
    Secret token = tokenFile == null ? null : tokens.get(tokenFile);
    return new HttpPoster(client, url, token, timeoutMillis, thread);
  }

  private static URI api(URI base) {
    String text = base.toString();
    return URI.create(
        (text.endsWith("/") ? text.substring(0, text.length() - 1) : text) + "/api/v2/alerts");
  }

  /** Queues an alert; never blocks. */
  public void send(Alert alert) {
    if (alertmanagers.isEmpty() && webhooks.isEmpty()) {
      return;
    }
    if (queued.incrementAndGet() > QUEUE_MAX) {
      queued.decrementAndGet();
      counters.notificationsOverflow.increment();
      log.error("notification dropped: queue full ({}): alert {}", QUEUE_MAX, alert.id());
      return;
    }
    schedule(() -> dispatch(alert));
  }

  private void schedule(Runnable task) {
    try {
      Disposable _ = thread.schedule(task);
    } catch (RejectedExecutionException e) {
      log.debug("notifications: closed");
    }
  }

  private void dispatch(Alert alert) {
    queued.decrementAndGet();
    notifiedAlerts
        .update(alert)
        .ifPresent(notification -> {
          alertmanagers.forEach(each -> each.add(notification));
          webhooks.forEach(each -> each.add(notification));
        });
  }

  /** Leaves open alerts to the new leader; queued webhook notifications are still delivered. */
  public void handOver() {
    schedule(() -> {
      notifiedAlerts.clear();
      alertmanagers.forEach(AlertmanagerFeed::clear);
    });
  }

  /**
   * Waits until all notifications are delivered.
   *
   * @return how many were not delivered within the timeout
   */
  public int flush(Duration timeout) {
    int left =
        Objects.requireNonNull(
            Flux.interval(Duration.ZERO, FLUSH_CHECK, thread)
                .onBackpressureDrop()
                .map(_ -> pending())
                .takeUntil(pending -> pending == 0)
                .takeUntilOther(Mono.delay(timeout, thread))
                .switchIfEmpty(Mono.fromSupplier(this::pending))
                .blockLast(timeout.plus(FLUSH_MARGIN)));
    if (left > 0) {
      log.warn("{} notifications not delivered", left);
    }
    return left;
  }

  private int pending() {
    return queued.get()
        + alertmanagers.stream().mapToInt(AlertmanagerFeed::pending).sum()
        + webhooks.stream().mapToInt(WebhookSender::pending).sum();
  }
}
