package io.blkwarden.agent.app;

import io.blkwarden.agent.lease.Throttler;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * The throttler, shared by the core thread and the lease thread under a lock. The holder of the
 * lock may block on the lease file and {@code /proc}, never on xenstore.
 */
final class SharedLeases {
  private final Throttler throttler;
  private final ReentrantLock lock = new ReentrantLock();

  SharedLeases(Throttler throttler) {
    this.throttler = throttler;
  }

  /** Uses the throttler under the lock. */
  <T> T use(Function<Throttler, T> work) {
    lock.lock();
    try {
      return work.apply(throttler);
    } finally {
      lock.unlock();
    }
  }
}
