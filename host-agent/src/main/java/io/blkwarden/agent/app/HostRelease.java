package io.blkwarden.agent.app;

import io.blkwarden.agent.lease.Lease;
import io.blkwarden.agent.lease.LeaseEnd;
import io.blkwarden.agent.lease.Throttler;
import io.blkwarden.agent.queue.ChangedSetting;
import io.blkwarden.agent.state.StateRequest;
import io.blkwarden.model.message.Outcome;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Carries out a release-all request: ends all leases and restores queue settings. The request stays
 * pending until that is done.
 */
final class HostRelease {
  private HostRelease() {}

  /**
   * Ends leases that are not ending yet; {@link Throttler#expire} retries those that fail.
   *
   * @param queues restored by their own thread
   * @param published receives the outcomes
   * @return the error in handling the request file, if any
   */
  static Optional<String> carryOut(
      StateRequest request,
      Throttler throttler,
      QueueKeeper queues,
      long nowMillis,
      Consumer<List<Outcome>> published) {
    if (throttler.table().all().stream().anyMatch(lease -> lease.ending() == null)) {
      published.accept(throttler.endAll(LeaseEnd.RELEASED, "release-all on the host", nowMillis));
    }
    queues.requestRestore();
    String stuck =
        Stream.concat(
                throttler.table().all().stream().map(HostRelease::describe),
                queues.changes().stream().map(ChangedSetting::describe))
            .collect(Collectors.joining(", "));
    return stuck.isEmpty() ? request.remove() : request.reportStuck(stuck);
  }

  private static String describe(Lease lease) {
    return "%s (domain %s, %s)".formatted(lease.id().value(), lease.domain().uuid(), lease.vdev());
  }
}
