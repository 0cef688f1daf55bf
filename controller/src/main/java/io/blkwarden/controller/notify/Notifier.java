package io.blkwarden.controller.notify;

import io.blkwarden.controller.notify.settings.NotifySettings;
import io.blkwarden.controller.notify.settings.Secret;
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
import java.util.concurrent.atomic.LongAdder;
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
 * Pages whoever is to be paged; an alert is taken at once and told on a thread of its own.
 *
 * <p>At most {@link #TAKEN_MAX} alerts wait for that thread; further ones are dropped, counted and
 * logged. On NATS they are told all the same.
 */
public final class Notifier {
  /** Most alerts that wait to be looked at. */
  public static final int TAKEN_MAX = 65_536;

  private static final Duration LOOK = Duration.ofMillis(50);
  private static final Duration SPARE = Duration.ofSeconds(5);
  private static final Logger log = LoggerFactory.getLogger(Notifier.class);

  private final Scheduler thread;
  private final NotifiedAlerts book = new NotifiedAlerts();
  private final NotifyCounters toAlertmanagers = new NotifyCounters();
  private final NotifyCounters toWebhooks = new NotifyCounters();
  private final LongAdder overflow = new LongAdder();
  private final AtomicInteger taken = new AtomicInteger();
  private final List<AlertmanagerFeed> alertmanagers;
  private final List<WebhookSender> webhooks;

  /**
   * A notifier that has told nothing.
   *
   * @param tokens by file
   * @param claimed whether this controller commands the fleet now; no reminders are sent otherwise
   * @param thread the one thread that everything here happens on
   */
  public Notifier(
      NotifySettings settings,
      Map<Path, Secret> tokens,
      InstantSource clock,
      BooleanSupplier claimed,
      Scheduler thread) {
    this.thread = thread;
    HttpClient client = HttpClient.create();
    alertmanagers =
        settings.alertmanagers().stream()
            .map(each ->
                new AlertmanagerFeed(
                    new HttpPoster(
                        client,
                        api(each.url()),
                        token(tokens, each.tokenFile()),
                        Duration.ofMillis(each.timeoutMillis()),
                        thread),
                    Duration.ofMillis(each.resendMillis()),
                    clock,
                    thread,
                    toAlertmanagers))
            .toList();
    webhooks =
        settings.webhooks().stream()
            .map(each ->
                new WebhookSender(
                    new HttpPoster(
                        client,
                        each.url(),
                        token(tokens, each.tokenFile()),
                        Duration.ofMillis(each.timeoutMillis()),
                        thread),
                    each.attempts(),
                    each.queue(),
                    thread,
                    toWebhooks))
            .toList();
    for (AlertmanagerFeed feed : alertmanagers) {
      Disposable _ =
          thread.schedulePeriodically(
              () -> {
                if (claimed.getAsBoolean()) {
                  feed.resend(book.open());
                }
              },
              feed.resendMillis(),
              feed.resendMillis(),
              TimeUnit.MILLISECONDS);
    }
  }

  private static URI api(URI base) {
    String text = base.toString();
    return URI.create(
        (text.endsWith("/") ? text.substring(0, text.length() - 1) : text) + "/api/v2/alerts");
  }

  private static @Nullable Secret token(Map<Path, Secret> tokens, @Nullable Path file) {
    return file == null ? null : tokens.get(file);
  }

  /** Takes an alert; never waits. */
  public void send(Alert alert) {
    if (alertmanagers.isEmpty() && webhooks.isEmpty()) {
      return;
    }
    if (taken.incrementAndGet() > TAKEN_MAX) {
      taken.decrementAndGet();
      overflow.increment();
      log.error("alert {} pages nobody, {} wait already", alert.id(), TAKEN_MAX);
      return;
    }
    try {
      Disposable _ = thread.schedule(() -> tell(alert));
    } catch (RejectedExecutionException e) {
      log.debug("closed: alert {} pages nobody", alert.id());
    }
  }

  private void tell(Alert alert) {
    taken.decrementAndGet();
    book.take(alert)
        .ifPresent(page -> {
          alertmanagers.forEach(each -> each.add(page));
          webhooks.forEach(each -> each.add(page));
        });
  }

  /**
   * Leaves what is open to the controller that commands now; what webhooks are still to be told is
   * tried as often as any page.
   */
  public void handOver() {
    try {
      Disposable _ =
          thread.schedule(() -> {
            book.forget();
            alertmanagers.forEach(AlertmanagerFeed::forget);
          });
    } catch (RejectedExecutionException e) {
      log.debug("closed: nothing is open");
    }
  }

  /**
   * Waits until everybody was told everything.
   *
   * @return how many pages were not delivered when the time was over, each of them counted
   */
  public int flush(Duration atMost) {
    int left =
        Objects.requireNonNull(
            Flux.interval(Duration.ZERO, LOOK, thread)
                .onBackpressureDrop()
                .map(_ -> pending())
                .takeUntil(pages -> pages == 0)
                .takeUntilOther(Mono.delay(atMost, thread))
                .switchIfEmpty(Mono.fromSupplier(this::pending))
                .blockLast(atMost.plus(SPARE)));
    if (left > 0) {
      log.warn("{} pages were not delivered", left);
    }
    return left;
  }

  private int pending() {
    return taken.get()
        + alertmanagers.stream().mapToInt(AlertmanagerFeed::pending).sum()
        + webhooks.stream().mapToInt(WebhookSender::pending).sum();
  }

  /** Counts of what Alertmanagers were sent. */
  public NotifyCounters toAlertmanagers() {
    return toAlertmanagers;
  }

  /** Counts of what webhooks were sent. */
  public NotifyCounters toWebhooks() {
    return toWebhooks;
  }

  /** Alerts that were dropped before anyone was told. */
  public long overflow() {
    return overflow.sum();
  }
}
