package io.blkwarden.controller.bus;

import io.blkwarden.controller.bus.AlertOutbox.Entry;
import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.subject.Subjects;
import io.nats.client.Connection;
import io.nats.client.PublishOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Publishes alerts to the stream until each is acknowledged.
 *
 * <p>An alert that was stored but whose acknowledgement was lost is sent again with the same
 * message id; the stream knows it for two minutes and stores it once, while plain listeners may
 * hear it twice.
 *
 * <p>Nothing is published without the claim. What waits when another controller has it is left to
 * that one, which judges the fleet by the same samples.
 */
final class AlertSender extends Sender {
  private static final int BATCH = 256;

  private final AlertOutbox outbox;
  private final Subjects subjects;
  private final BusCounters counters;
  private final Supplier<Claim> claim;

  AlertSender(
      AlertOutbox outbox,
      Connection link,
      Subjects subjects,
      BusCounters counters,
      Supplier<Claim> claim,
      RandomGenerator random)
      throws IOException {
    super("alerts", outbox, link, random);
    this.outbox = outbox;
    this.subjects = subjects;
    this.counters = counters;
    this.claim = claim;
  }

  @Override
  boolean publishNext() throws InterruptedException {
    List<Entry> batch = outbox.awaitBatch(BATCH);
    switch (claim.get()) {
      case Claim.Held _ -> {}
      case Claim.Unknown _ -> {
        return false;
      }
      case Claim.Lost _ -> {
        outbox.remove(batch.stream().map(Entry::number).toList());
        counters.alertsLeft.add(batch.size());
        return true;
      }
    }
    List<Long> stored = publish(batch);
    outbox.remove(stored);
    counters.alertsRetried.add(batch.size() - stored.size());
    return stored.size() == batch.size();
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
        fault(e);
      }
    }
    return stored;
  }

  private CompletableFuture<Boolean> publish(Entry entry) {
    Alert alert = entry.alert();
    // the number tells two words on one alert apart that were made in one millisecond
    String id = "%s.%d.%d".formatted(alert.id(), alert.at().toEpochMilli(), entry.number());
    return publish(
        subjects.alert(alert.severity().wire(), alert.host(), alert.policy()),
        ControlJson.encode(alert),
        PublishOptions.builder().expectedStream(JetStreamAssets.ALERTS).messageId(id).build(),
        never -> {
          counters.alertsLost.increment();
          log.error("alert not publishable ({}): {}", never.getMessage(), text(alert));
        });
  }

  /** An alert in full for the log. */
  static String text(Alert alert) {
    return new String(ControlJson.encode(alert), StandardCharsets.UTF_8);
  }
}
