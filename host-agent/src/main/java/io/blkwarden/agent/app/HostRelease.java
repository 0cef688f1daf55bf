package io.blkwarden.agent.app;

import io.blkwarden.agent.lease.Lease;
import io.blkwarden.agent.lease.LeaseEnd;
import io.blkwarden.agent.lease.Throttler;
import io.blkwarden.agent.queue.ChangedSetting;
import io.blkwarden.agent.state.ReleaseRequest;
import io.blkwarden.model.message.Outcome;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Carries out a request on the host to end all leases, and to put back what was set of devices'
 * queues: it stands until nothing is held.
 */
final class HostRelease {
  private HostRelease() {}

  /**
   * Ends what is not ending yet; what is stuck is tried again by {@link Throttler#expire}.
   *
   * @param queues what is set there is put back by their own thread
   * @param published gets the outcomes
   * @return what went wrong with the request itself; empty when nothing did
   */
  static Optional<String> obey(
      ReleaseRequest request,
      Throttler throttler,
      QueueKeeper queues,
      long nowMillis,
      Consumer<List<Outcome>> published) {
    if (throttler.table().all().stream().anyMatch(lease -> lease.ending() == null)) {
      published.accept(throttler.endAll(LeaseEnd.RELEASED, "release-all on the host", nowMillis));
    }
    queues.askPutBack();
    String stuck =
        Stream.concat(
                throttler.table().all().stream().map(HostRelease::name),
                queues.held().stream().map(ChangedSetting::describe))
            .collect(Collectors.joining(", "));
    return stuck.isEmpty() ? request.done() : request.stuck(stuck);
  }

  private static String name(Lease lease) {
    return "%s (domain %s, %s)".formatted(lease.id().value(), lease.domain().uuid(), lease.vdev());
  }
}
