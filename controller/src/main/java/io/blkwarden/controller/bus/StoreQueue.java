package io.blkwarden.controller.bus;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Messages that the stream has not acknowledged yet, in order; safe for use by several threads.
 *
 * <p>Bounded. At the bound, first a message is left out that a later one about the same stands for
 * ({@link Added#FOLDED}); when there is none, the new message is refused ({@link Added#REFUSED}),
 * so that what began first is published first. Kept in memory: a controller that dies while NATS is
 * away loses them.
 *
 * @param <T> a message
 */
final class StoreQueue<T> {
  /** What became of a message that was given. */
  enum Added {
    QUEUED,
    FOLDED,
    REFUSED
  }

  /**
   * A message that waits.
   *
   * @param number its place in the order
   */
  record Entry<T>(long number, T message) {}

  private final int limit;
  private final Function<T, Object> about;
  private final Predicate<T> foldable;
  private final Map<Long, T> waiting = new LinkedHashMap<>();
  private long next;

  /**
   * An empty queue.
   *
   * @param limit most messages that wait
   * @param about what a message is about; messages about the same never overtake each other
   * @param foldable whether a message may be left out when a later one about the same waits
   */
  StoreQueue(int limit, Function<T, Object> about, Predicate<T> foldable) {
    this.limit = limit;
    this.about = about;
    this.foldable = foldable;
  }

  /** Adds a message. */
  synchronized Added add(T message) {
    Added added = Added.QUEUED;
    if (waiting.size() >= limit) {
      if (!fold(about.apply(message))) {
        return Added.REFUSED;
      }
      added = Added.FOLDED;
    }
    waiting.put(next++, message);
    return added;
  }

  /** Removes the oldest message that a later one about the same stands for. */
  private boolean fold(Object arriving) {
    Map<Object, Integer> later = new HashMap<>();
    waiting.values().forEach(each -> later.merge(about.apply(each), 1, Integer::sum));
    later.merge(arriving, 1, Integer::sum);
    for (Map.Entry<Long, T> each : waiting.entrySet()) {
      int left = later.merge(about.apply(each.getValue()), -1, Integer::sum);
      if (left > 0 && foldable.test(each.getValue())) {
        waiting.remove(each.getKey());
        return true;
      }
    }
    return false;
  }

  /**
   * The oldest messages, at most {@code most}; they stay here until {@link #remove}. Of messages
   * about the same only the oldest is among them, so that they cannot overtake each other.
   */
  synchronized List<Entry<T>> oldest(int most) {
    List<Entry<T>> batch = new ArrayList<>();
    Set<Object> seen = new HashSet<>();
    for (Map.Entry<Long, T> each : waiting.entrySet()) {
      if (batch.size() == most) {
        break;
      }
      if (seen.add(about.apply(each.getValue()))) {
        batch.add(new Entry<>(each.getKey(), each.getValue()));
      }
    }
    return batch;
  }

  /** All that wait, in order. */
  synchronized List<T> all() {
    return List.copyOf(waiting.values());
  }

  /** Forgets messages that are stored. */
  synchronized void remove(Collection<Long> numbers) {
    numbers.forEach(waiting::remove);
  }

  /** How many wait. */
  synchronized int size() {
    return waiting.size();
  }
}
