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
 * Follows the alerts: an alert that is published is only a sign to read what is stored behind the
 * last one, so that none is missed while the connection is away, and none comes twice.
 */
final class AlertFollower {
  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration SOON = Duration.ofMillis(50);

  /** How often it reads without a sign, in polls. */
  private static final int IDLE_POLLS = 20;

  /** How often it looks for an alert that was published and is not stored yet. */
  private static final int LOOKS = 20;

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
    Subscription signs = connection.subscribe(subjects.allAlerts());
    try {
      read(stopped, taker);
      int idle = 0;
      int looks = 0;
      while (!stopped.getAsBoolean()) {
        boolean missing = !announced.isEmpty() && looks < LOOKS;
        Message sign = signs.nextMessage(missing ? SOON : POLL);
        while (sign != null) {
          looks = 0;
          announce(sign);
          sign = signs.nextMessage(Duration.ZERO);
        }
        if (missing || !announced.isEmpty() || ++idle >= IDLE_POLLS) {
          idle = 0;
          looks++;
          read(stopped, taker);
          if (looks >= LOOKS) {
            announced.clear();
          }
        }
      }
    } catch (InterruptedException e) {
      throw NatsException.interrupted(e);
    } finally {
      if (connection.getStatus() != Connection.Status.CLOSED) {
        signs.unsubscribe();
      }
    }
  }

  private void announce(Message sign) {
    String id = sign.hasHeaders() ? sign.getHeaders().getFirst("Nats-Msg-Id") : null;
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
