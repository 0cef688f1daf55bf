package io.blkwarden.controller.bus;

import io.blkwarden.model.MessageId;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.Alert.State;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Alerts that the stream has not acknowledged yet, in order; safe for use by several threads.
 *
 * <p>Holds at most {@link #LIMIT}. At the bound, first a state that is neither an alert's first nor
 * its last here is left out ({@link Added#FOLDED}); when there is none, the new alert is refused
 * ({@link Added#REFUSED}), so that what began first is told first. Kept in memory: a controller
 * that dies while NATS is away loses them, and its successor raises again what still holds.
 */
final class AlertOutbox extends Outbox {
  /** Most alerts that wait: some 20 MB. */
  static final int LIMIT = 10_000;

  /** What became of an alert that was given. */
  enum Added {
    QUEUED,
    FOLDED,
    REFUSED
  }

  /**
   * An alert that waits.
   *
   * @param number its place in the order
   * @param alert what is to be published
   */
  record Entry(long number, Alert alert) {}

  private final int limit;
  private final Map<Long, Alert> waiting = new LinkedHashMap<>();
  private long next;

  AlertOutbox(int limit) {
    this.limit = limit;
  }

  /** Adds an alert; never waits for NATS. */
  Added add(Alert alert) {
    lock.lock();
    try {
      Added added = Added.QUEUED;
      if (waiting.size() >= limit) {
        if (!fold(alert.id())) {
          return Added.REFUSED;
        }
        added = Added.FOLDED;
      }
      waiting.put(next++, alert);
      resized(waiting.size());
      return added;
    } finally {
      lock.unlock();
    }
  }

  /** Removes the oldest state that a later one of the same alert stands for. */
  private boolean fold(MessageId arriving) {
    Map<MessageId, Integer> later = new HashMap<>();
    waiting.values().forEach(alert -> later.merge(alert.id(), 1, Integer::sum));
    later.merge(arriving, 1, Integer::sum);
    for (Map.Entry<Long, Alert> each : waiting.entrySet()) {
      Alert alert = each.getValue();
      int left = later.merge(alert.id(), -1, Integer::sum);
      if (left > 0 && alert.state() != State.FIRING) {
        waiting.remove(each.getKey());
        return true;
      }
    }
    return false;
  }

  /**
   * Waits until some alert is there and returns the oldest, at most {@code most}; they stay here
   * until {@link #remove}. Of each alert only its oldest state is among them, so that its states
   * cannot overtake each other.
   */
  List<Entry> awaitBatch(int most) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      awaitSome();
      List<Entry> batch = new ArrayList<>();
      Set<MessageId> ids = new HashSet<>();
      for (Map.Entry<Long, Alert> each : waiting.entrySet()) {
        if (batch.size() == most) {
          break;
        }
        if (ids.add(each.getValue().id())) {
          batch.add(new Entry(each.getKey(), each.getValue()));
        }
      }
      return batch;
    } finally {
      lock.unlock();
    }
  }

  /** Forgets alerts that are published. */
  void remove(Collection<Long> numbers) {
    lock.lock();
    try {
      numbers.forEach(waiting::remove);
      resized(waiting.size());
    } finally {
      lock.unlock();
    }
  }
}
