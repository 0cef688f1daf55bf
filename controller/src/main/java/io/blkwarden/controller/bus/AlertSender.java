package io.blkwarden.controller.bus;

import io.blkwarden.controller.bus.AlertOutbox.Entry;
import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.subject.Subjects;
import io.nats.client.JetStream;
import io.nats.client.PublishOptions;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes what the outbox holds to the stream until each is acknowledged; runs on its own thread.
 *
 * <p>An alert that was stored but whose acknowledgement was lost is sent again with the same
 * message id; the stream knows it for two minutes and stores it once, while plain listeners may
 * hear it twice.
 */
final class AlertSender implements Runnable {
  private static final Logger log = LoggerFactory.getLogger(AlertSender.class);
  private static final int BATCH = 256;
  private static final Duration ACK_TIMEOUT = Duration.ofSeconds(5);
  private static final long FIRST_PAUSE_MILLIS = 100;
  private static final int DOUBLINGS = 5;

  private final AlertOutbox outbox;
  private final JetStream stream;
  private final Subjects subjects;
  private final BusCounters counters;
  private final RandomGenerator random;
  private String lastFault = "";

  AlertSender(
      AlertOutbox outbox,
      JetStream stream,
      Subjects subjects,
      BusCounters counters,
      RandomGenerator random) {
    this.outbox = outbox;
    this.stream = stream;
    this.subjects = subjects;
    this.counters = counters;
    this.random = random;
  }

  @Override
  public void run() {
    int failures = 0;
    try {
      while (!Thread.currentThread().isInterrupted()) {
        List<Entry> batch = outbox.awaitBatch(BATCH);
        List<Long> stored = publish(batch);
        outbox.remove(stored);
        if (stored.size() == batch.size()) {
          failures = 0;
          lastFault = "";
        } else {
          counters.alertsRetried.add(batch.size() - stored.size());
          long bound = FIRST_PAUSE_MILLIS << Math.min(failures++, DOUBLINGS);
          outbox.pause(Duration.ofMillis(bound / 2 + random.nextLong(bound)));
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Returns the numbers of those that are acknowledged, or that never will be. */
  private List<Long> publish(List<Entry> batch) throws InterruptedException {
    List<CompletableFuture<Boolean>> acks = new ArrayList<>(batch.size());
    for (Entry entry : batch) {
      acks.add(publish(entry));
    }
    List<Long> stored = new ArrayList<>(batch.size());
    for (int i = 0; i < acks.size(); i++) {
      try {
        if (acks.get(i).get()) {
          counters.alertsPublished.increment();
        }
        stored.add(batch.get(i).number());
      } catch (ExecutionException e) {
        fault(e.getCause() == null ? e : e.getCause());
      }
    }
    return stored;
  }

  /** True when it is stored, false when it never will be. */
  private CompletableFuture<Boolean> publish(Entry entry) {
    Alert alert = entry.alert();
    // the number tells two words on one alert apart that were made in one millisecond
    String id = "%s.%d.%d".formatted(alert.id(), alert.at().toEpochMilli(), entry.number());
    PublishOptions options =
        PublishOptions.builder().expectedStream(JetStreamAssets.ALERTS).messageId(id).build();
    try {
      return stream
          .publishAsync(
              subjects.alert(alert.severity().wire(), alert.host(), alert.policy()),
              ControlJson.encode(alert),
              options)
          .orTimeout(ACK_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
          .thenApply(ack -> true);
    } catch (IllegalArgumentException e) { // longer than the server takes: never will
      counters.alertsLost.increment();
      log.error("alert not publishable ({}): {}", e.getMessage(), text(alert));
      return CompletableFuture.completedFuture(false);
    } catch (RuntimeException e) { // not connected, or closing, which jnats shows in many ways
      return CompletableFuture.failedFuture(e);
    }
  }

  private void fault(Throwable why) {
    String fault = why.toString();
    if (!fault.equals(lastFault)) {
      lastFault = fault;
      log.warn("{} alerts wait for NATS ({}); trying until they are stored", outbox.size(), fault);
    }
  }

  /** An alert in full for the log. */
  static String text(Alert alert) {
    return new String(ControlJson.encode(alert), StandardCharsets.UTF_8);
  }
}
