package io.blkwarden.controller.bus;

import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.message.DecisionNote;
import io.blkwarden.model.subject.Subjects;
import io.nats.client.Connection;
import io.nats.client.PublishOptions;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.random.RandomGenerator;

/**
 * Publishes decisions to the stream until each is acknowledged, in order.
 *
 * <p>One at a time: when a connection breaks, the client sends what it holds back after what it
 * lost, so several under way would change places. Decisions are few; a burst waits its turn.
 *
 * <p>One that was stored but whose acknowledgement was lost is sent again with its id, by which the
 * stream knows it for two minutes; readers know it by the same id.
 */
final class DecisionSender extends Sender {
  private final DecisionOutbox outbox;
  private final Subjects subjects;
  private final BusCounters counters;

  DecisionSender(
      DecisionOutbox outbox,
      Connection link,
      Subjects subjects,
      BusCounters counters,
      RandomGenerator random)
      throws IOException {
    super("decisions", outbox, link, random);
    this.outbox = outbox;
    this.subjects = subjects;
    this.counters = counters;
  }

  @Override
  boolean publishNext() throws InterruptedException {
    try {
      if (publish(outbox.awaitOldest()).get()) {
        counters.decisionsPublished.increment();
      }
      outbox.remove();
      return true;
    } catch (ExecutionException e) {
      fault(e);
      counters.decisionsRetried.increment();
      return false;
    }
  }

  private CompletableFuture<Boolean> publish(DecisionNote note) {
    return publish(
        subjects.decision(note.host()),
        ControlJson.encode(note),
        PublishOptions.builder()
            .expectedStream(JetStreamAssets.DECISIONS)
            .messageId(note.id().toString())
            .build(),
        never -> {
          counters.decisionsLost.increment();
          log.error("decision {} not publishable: {}", note.id(), never.getMessage());
        });
  }
}
