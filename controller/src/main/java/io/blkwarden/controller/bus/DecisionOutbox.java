package io.blkwarden.controller.bus;

import io.blkwarden.model.message.DecisionNote;
import java.util.ArrayDeque;

/**
 * Decisions that the stream has not acknowledged yet, in order; safe for use by several threads.
 *
 * <p>Holds a bound; at it a new one is refused, so that what was decided first is told first. What
 * is refused stands in the log of decisions all the same. Kept in memory: those of a controller
 * that dies while NATS is away stand in its log only.
 */
final class DecisionOutbox extends Outbox {
  /** Most decisions that wait: some 10 MB. */
  static final int LIMIT = 10_000;

  private final int limit;
  private final ArrayDeque<DecisionNote> waiting = new ArrayDeque<>();

  DecisionOutbox(int limit) {
    this.limit = limit;
  }

  /** Adds a decision; false when it is refused. Never waits for NATS. */
  boolean add(DecisionNote note) {
    lock.lock();
    try {
      if (waiting.size() >= limit) {
        return false;
      }
      waiting.add(note);
      resized(waiting.size());
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Waits until there is one and returns the oldest; it stays until {@link #remove}. */
  DecisionNote awaitOldest() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      awaitSome();
      return waiting.getFirst();
    } finally {
      lock.unlock();
    }
  }

  /** Forgets the oldest, which is published. */
  void remove() {
    lock.lock();
    try {
      waiting.remove();
      resized(waiting.size());
    } finally {
      lock.unlock();
    }
  }
}
