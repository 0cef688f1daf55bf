package io.blkwarden.agent.app;

import io.blkwarden.agent.lease.Lease;
import io.blkwarden.agent.lease.LeaseEnd;
import io.blkwarden.agent.lease.Throttler;
import io.blkwarden.agent.queue.ChangedSetting;
import io.blkwarden.agent.state.StateRequest;
import io.blkwarden.model.message.Heartbeat.HeldThrottle;
import io.blkwarden.model.message.Outcome;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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

  /**
   * Carries out a release-all request, which stays pending until all leases are ended and queue
   * settings are restored. Ends leases that are not ending yet; {@link Throttler#expire} retries
   * those that fail.
   *
   * @param queues restored by their own thread
   * @param published receives the outcomes
   * @return the error in handling the request file, if any
   */
  Optional<String> releaseAll(
      StateRequest request, QueueKeeper queues, long nowMillis, Consumer<List<Outcome>> published) {
    return use(all -> {
      if (all.table().all().stream().anyMatch(lease -> lease.ending() == null)) {
        published.accept(all.endAll(LeaseEnd.RELEASED, "release-all on the host", nowMillis));
      }
      queues.requestRestore();
      String stuck =
          Stream.concat(
                  all.table().all().stream().map(SharedLeases::describe),
                  queues.changes().stream().map(ChangedSetting::describe))
              .collect(Collectors.joining(", "));
      return stuck.isEmpty() ? request.remove() : request.reportStuck(stuck);
    });
  }

  private static String describe(Lease lease) {
    return "%s (domain %s, %s)".formatted(lease.id().value(), lease.domain().uuid(), lease.vdev());
  }
}
