package io.blkwarden.controller.bus;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * A bounded queue of messages that the stream has not acknowledged yet; thread-safe.
 *
 * <p>When it is full, a message that a later one with the same key supersedes is dropped ({@link
 * Added#FOLDED}), but never the first one of a key; if there is none, the new message is refused
 * ({@link Added#REFUSED}), so older messages are published first. It is in memory: a controller
 * that dies while NATS is away loses it.
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
  private final Predicate<T> last;
  private final Map<Long, T> waiting = new LinkedHashMap<>();

  /** Keys of which a message was removed, and which may have further ones; at most the limit. */
  private final LinkedHashSet<Object> begun = new LinkedHashSet<>();

  private long next;

  /**
   * Creates an empty queue.
   *
   * @param key messages with the same key keep their order
   * @param last whether a message is the last one of its key
   */
  PublishQueue(int limit, Function<T, Object> key, Predicate<T> last) {
    this.limit = limit;
    this.key = key;
    this.last = last;
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

  /** Drops the oldest message that is neither the first nor the last one of its key. */
  private boolean fold(Object arriving) {
    Map<Object, Integer> later = new HashMap<>();
    waiting.values().forEach(each -> later.merge(key.apply(each), 1, Integer::sum));
    later.merge(arriving, 1, Integer::sum);
    Set<Object> earlier = new HashSet<>(begun);
    for (Map.Entry<Long, T> each : waiting.entrySet()) {
      Object of = key.apply(each.getValue());
      int left = later.merge(of, -1, Integer::sum);
      boolean first = earlier.add(of);
      if (left > 0 && !first) {
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
    for (long number : numbers) {
      T removed = waiting.remove(number);
      if (removed != null && last.test(removed)) {
        begun.remove(key.apply(removed));
      } else if (removed != null && begun.add(key.apply(removed)) && begun.size() > limit) {
        begun.removeFirst();
      }
    }
  }

  synchronized int size() {
    return waiting.size();
  }
}
