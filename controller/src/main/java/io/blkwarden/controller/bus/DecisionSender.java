package io.blkwarden.controller.bus;

import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.message.DecisionNote;
import io.blkwarden.model.subject.Subjects;
import io.nats.client.JetStream;
import io.nats.client.PublishOptions;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes decisions to the stream until each is acknowledged, in order; runs on its own thread.
 *
 * <p>One at a time: when a connection breaks, the client sends what it holds back after what it
 * lost, so several under way would change places. Decisions are few; a burst waits its turn.
 *
 * <p>One that was stored but whose acknowledgement was lost is sent again with its id, by which the
 * stream knows it for two minutes; readers know it by the same id.
 */
final class DecisionSender implements Runnable {
  private static final Logger log = LoggerFactory.getLogger(DecisionSender.class);
  private static final Duration ACK_TIMEOUT = Duration.ofSeconds(5);
  private static final long FIRST_PAUSE_MILLIS = 100;
  private static final int DOUBLINGS = 5;

  private final DecisionOutbox outbox;
  private final JetStream stream;
  private final Subjects subjects;
  private final BusCounters counters;
  private final RandomGenerator random;
  private String lastFault = "";

  DecisionSender(
      DecisionOutbox outbox,
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
        try {
          if (publish(outbox.awaitOldest()).get()) {
            counters.decisionsPublished.increment();
          }
          outbox.remove();
          failures = 0;
          lastFault = "";
        } catch (ExecutionException e) {
          fault(e.getCause() == null ? e : e.getCause());
          counters.decisionsRetried.increment();
          long bound = FIRST_PAUSE_MILLIS << Math.min(failures++, DOUBLINGS);
          outbox.pause(Duration.ofMillis(bound / 2 + random.nextLong(bound)));
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** True when it is stored, false when it never will be. */
  private CompletableFuture<Boolean> publish(DecisionNote note) {
    PublishOptions options =
        PublishOptions.builder()
            .expectedStream(JetStreamAssets.DECISIONS)
            .messageId(note.id().toString())
            .build();
    try {
      return stream
          .publishAsync(subjects.decision(note.host()), ControlJson.encode(note), options)
          .orTimeout(ACK_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
          .thenApply(ack -> true);
    } catch (IllegalArgumentException e) { // longer than the server takes: never will
      counters.decisionsLost.increment();
      log.error("decision {} not publishable: {}", note.id(), e.getMessage());
      return CompletableFuture.completedFuture(false);
    } catch (RuntimeException e) { // not connected, or closing, which jnats shows in many ways
      return CompletableFuture.failedFuture(e);
    }
  }

  private void fault(Throwable why) {
    String fault = why.toString();
    if (!fault.equals(lastFault)) {
      lastFault = fault;
      log.warn(
          "{} decisions wait for NATS ({}); trying until they are stored", outbox.size(), fault);
    }
  }
}
