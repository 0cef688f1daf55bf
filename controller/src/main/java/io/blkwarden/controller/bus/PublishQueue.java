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
 * A bounded queue of messages that the stream has not acknowledged yet; thread-safe.
 *
 * <p>When it is full, a message that a later one with the same key supersedes is dropped ({@link
 * Added#FOLDED}); if there is none, the new message is refused ({@link Added#REFUSED}), so older
 * messages are published first. It is in memory: a controller that dies while NATS is away loses
 * it.
 *
 * @param <T> a message
 */
final class PublishQueue<T> {
  /** The result of adding a message. */
  enum Added {
    QUEUED,
    FOLDED,
    REFUSED
  }

  /**
   * A queued message.
   *
   * @param number position in the order
   */
  record Entry<T>(long number, T message) {}

  private final int limit;
  private final Function<T, Object> key;
  private final Predicate<T> foldable;
  private final Map<Long, T> waiting = new LinkedHashMap<>();
  private long next;

  /**
   * Creates an empty queue.
   *
   * @param key messages with the same key keep their order
   * @param foldable whether a message may be dropped when a later one with the same key waits
   */
  PublishQueue(int limit, Function<T, Object> key, Predicate<T> foldable) {
    this.limit = limit;
    this.key = key;
    this.foldable = foldable;
  }

  synchronized Added add(T message) {
    Added added = Added.QUEUED;
    if (waiting.size() >= limit) {
      if (!fold(key.apply(message))) {
        return Added.REFUSED;
      }
      added = Added.FOLDED;
    }
    waiting.put(next++, message);
    return added;
  }

  /** Drops the oldest message that a later one with the same key supersedes. */
  private boolean fold(Object arriving) {
    Map<Object, Integer> later = new HashMap<>();
    waiting.values().forEach(each -> later.merge(key.apply(each), 1, Integer::sum));
    later.merge(arriving, 1, Integer::sum);
    for (Map.Entry<Long, T> each : waiting.entrySet()) {
      int left = later.merge(key.apply(each.getValue()), -1, Integer::sum);
      if (left > 0 && foldable.test(each.getValue())) {
        waiting.remove(each.getKey());
        return true;
      }
    }
    return false;
  }

  /**
   * The oldest messages, at most {@code most}, and at most one for each key, so that none overtakes
   * another. They stay queued until {@link #remove}.
   */
  synchronized List<Entry<T>> oldest(int most) {
    List<Entry<T>> batch = new ArrayList<>();
    Set<Object> seen = new HashSet<>();
    for (Map.Entry<Long, T> each : waiting.entrySet()) {
      if (batch.size() == most) {
        break;
      }
      if (seen.add(key.apply(each.getValue()))) {
        batch.add(new Entry<>(each.getKey(), each.getValue()));
      }
    }
    return batch;
  }

  /** All messages, in order. */
  synchronized List<T> all() {
    return List.copyOf(waiting.values());
  }

  /** Removes messages that are stored. */
  synchronized void remove(Collection<Long> numbers) {
    numbers.forEach(waiting::remove);
  }

  synchronized int size() {
    return waiting.size();
  }
}
