package io.blkwarden.controller.bus;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What waits for the stream to acknowledge it, and who waits for that; safe for several threads.
 */
abstract sealed class Outbox permits AlertOutbox, DecisionOutbox {
  /** Guards all state. */
  final ReentrantLock lock = new ReentrantLock();

  private final Condition changed = lock.newCondition();
  private boolean nudged;
  private volatile int size;

  /** Says how many wait now; to be called with the lock. */
  final void resized(int waiting) {
    size = waiting;
    changed.signalAll();
  }

  /** Waits until some are there; to be called with the lock. */
  final void awaitSome() throws InterruptedException {
    while (size == 0) {
      changed.await();
    }
  }

  /** Waits until there is a reason to try again or the time is over. */
  final void pause(Duration atMost) throws InterruptedException {
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
  final void nudge() {
    lock.lock();
    try {
      nudged = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until nothing waits any more; false when the time was over first. */
  final boolean awaitEmpty(Duration atMost) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = TimeUnit.NANOSECONDS.convert(atMost);
      while (size > 0 && left > 0) {
        left = changed.awaitNanos(left);
      }
      return size == 0;
    } finally {
      lock.unlock();
    }
  }

  /** How many wait; never waits itself. */
  final int size() {
    return size;
  }
}
