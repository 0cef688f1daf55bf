package io.blkwarden.agent.app;

import io.blkwarden.agent.lease.Throttler;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * The throttler as two threads use it: the core's, which may have to wait for xenstore, and the one
 * that ends leases in time and must not.
 *
 * <p>So whoever has it waits for the lease file and for {@code /proc} at most, never for xenstore.
 */
final class SharedLeases {
  private final Throttler throttler;
  private final ReentrantLock lock = new ReentrantLock();

  SharedLeases(Throttler throttler) {
    this.throttler = throttler;
  }

  /** Does something with the throttler while nobody else does. */
  <T> T use(Function<Throttler, T> work) {
    lock.lock();
    try {
      return work.apply(throttler);
    } finally {
      lock.unlock();
    }
  }
}
