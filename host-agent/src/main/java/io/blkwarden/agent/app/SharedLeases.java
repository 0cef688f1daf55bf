package io.blkwarden.agent.app;

import io.blkwarden.agent.lease.Throttler;
import io.blkwarden.model.message.Heartbeat.HeldThrottle;
import java.util.List;
import java.util.function.Function;

/**
 * The throttler, shared by the core thread and the lease thread under a lock. The holder of the
 * lock may block on the lease file and {@code /proc}, never on xenstore.
 */
record SharedLeases(Throttler throttler) {

  /** Uses the throttler under the lock. */
  <T> T use(Function<Throttler, T> work) {
    synchronized (throttler) {
      return work.apply(throttler);
    }
  }

  /** The active throttles, for the heartbeat. */
  List<HeldThrottle> held(long nowMillis) {
    return use(all ->
        all.table().all().stream()
            .map(lease ->
                new HeldThrottle(
                    lease.id(),
                    lease.domain(),
                    lease.vdev(),
                    lease.restraint(),
                    lease.remainingMillis(nowMillis),
                    lease.local()))
            .toList());
  }
}
