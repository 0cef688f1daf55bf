package io.blkwarden.controller.bus;

import io.blkwarden.model.message.DecisionNote;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Decisions that the stream has not acknowledged yet, in order; safe for use by several threads.
 *
 * <p>Holds a bound; at it a new one is refused, so that what was decided first is told first. What
 * is refused stands in the log of decisions all the same. Kept in memory: those of a controller
 * that dies while NATS is away stand in its log only.
 */
final class DecisionOutbox {
  /** Most decisions that wait: some 10 MB. */
  static final int LIMIT = 10_000;

  private final int limit;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final ArrayDeque<DecisionNote> waiting = new ArrayDeque<>();
  private boolean nudged;
  private volatile int size;

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
      size = waiting.size();
      changed.signalAll();
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Waits until some are there and returns the oldest; they stay until {@link #remove}. */
  List<DecisionNote> awaitBatch(int most) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (waiting.isEmpty()) {
        changed.await();
      }
      return waiting.stream().limit(most).toList();
    } finally {
      lock.unlock();
    }
  }

  /** Forgets the oldest, which are published. */
  void remove(int count) {
    lock.lock();
    try {
      for (int i = 0; i < count; i++) {
        waiting.remove();
      }
      size = waiting.size();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until there is a reason to try again or the time is over. */
  void pause(Duration atMost) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = atMost.toNanos();
      while (!nudged && left > 0) {
        left = changed.awaitNanos(left);
      }
      nudged = false;
    } finally {
      lock.unlock();
    }
  }

  /** Says that NATS is back. */
  void nudge() {
    lock.lock();
    try {
      nudged = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until nothing waits any more; false when the time was over first. */
  boolean awaitEmpty(Duration atMost) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = TimeUnit.NANOSECONDS.convert(atMost);
      while (!waiting.isEmpty() && left > 0) {
        left = changed.awaitNanos(left);
      }
      return waiting.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  /** How many wait; never waits itself. */
  int size() {
    return size;
  }
}
