package io.blkwarden.controller.nats;

import io.blkwarden.model.message.RecordKind;
import io.blkwarden.model.message.ReplayRequest;
import io.blkwarden.model.subject.Subjects;
import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.Subscription;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Follows the alerts. A published alert only triggers a read of the stored alerts after the last
 * one, so none is missed during an outage and none is read twice.
 */
final class AlertFollower {
  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration SHORT_POLL = Duration.ofMillis(50);

  /** Polls between reads without a published alert. */
  private static final int IDLE_POLLS = 20;

  /** Reads for an alert that was published and is not stored yet. */
  private static final int READS_MAX = 20;

  private final Connection connection;
  private final Subjects subjects;
  private final RecordPages pages;
  private final Set<String> announced = new HashSet<>();
  private ReplayRequest next = ReplayRequest.since(null);

  AlertFollower(Connection connection, Subjects subjects, RecordPages pages) {
    this.connection = connection;
    this.subjects = subjects;
    this.pages = pages;
  }

  void run(Instant since, BooleanSupplier stopped, Consumer<Records.Stored> taker)
      throws NatsException {
    next = ReplayRequest.since(since);
    Subscription published = connection.subscribe(subjects.allAlerts());
    try {
      read(stopped, taker);
      int idle = 0;
      int reads = 0;
      while (!stopped.getAsBoolean()) {
        boolean missing = !announced.isEmpty() && reads < READS_MAX;
        Message message = published.nextMessage(missing ? SHORT_POLL : POLL);
        while (message != null) {
          reads = 0;
          announce(message);
          message = published.nextMessage(Duration.ZERO);
        }
        if (missing || !announced.isEmpty() || ++idle >= IDLE_POLLS) {
          idle = 0;
          reads++;
          read(stopped, taker);
          if (reads >= READS_MAX) {
            announced.clear();
          }
        }
      }
    } catch (InterruptedException e) {
      throw NatsException.interrupted(e);
    } finally {
      if (connection.getStatus() != Connection.Status.CLOSED) {
        published.unsubscribe();
      }
    }
  }

  private void announce(Message message) {
    String id = message.hasHeaders() ? message.getHeaders().getFirst("Nats-Msg-Id") : null;
    announced.add(id == null ? "" : id);
  }

  private void read(BooleanSupplier stopped, Consumer<Records.Stored> taker) throws NatsException {
    Optional<String> cursor =
        Records.each(
            pages,
            RecordKind.ALERT,
            next,
            stopped,
            stored -> {
              announced.remove(stored.id() == null ? "" : stored.id());
              taker.accept(stored);
            });
    cursor.ifPresent(last -> next = next.after(last));
  }
}
