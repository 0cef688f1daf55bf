package io.blkwarden.agent.lease;

import io.blkwarden.model.MessageId;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Tells when a throttle holds back what must not wait: requests of which none completes, and the
 * last requests of a guest that shuts down.
 *
 * <p>mq-deadline serves the idle class when a request has waited {@code prio_aging_expire}; only
 * well beyond that is a throttle to blame. What a limit holds back is not in flight yet, so there
 * only the shutdown counts; a limit of at least 10 a second lets every request through in time.
 * Keeps a few words for each lease; not safe for use by several threads.
 */
final class StarvationGuard {
  /** How much longer than the device's ageing requests may wait. */
  static final long GRACE_MILLIS = 5_000;

  private final Map<MessageId, Progress> progress = new HashMap<>();

  private record Progress(long completed, long sinceMillis, boolean shuttingDown) {}

  /** Forgets leases that are over. */
  void keep(Collection<Lease> leases) {
    Set<MessageId> held = leases.stream().map(Lease::id).collect(Collectors.toSet());
    progress.keySet().retainAll(held);
  }

  /**
   * Takes a look.
   *
   * @param sight of the lease's disk; empty when it could not be read, which proves nothing
   * @return why the lease has to end; empty when it need not
   */
  Optional<String> look(Lease lease, Optional<ThrottledDisks.Sight> sight, long nowMillis) {
    Progress before = progress.get(lease.id());
    if (sight.isEmpty()) {
      progress.computeIfPresent(
          lease.id(), (_, old) -> new Progress(old.completed(), nowMillis, old.shuttingDown()));
      return Optional.empty();
    }
    ThrottledDisks.Sight seen = sight.get();
    boolean stands =
        before != null && seen.inFlight() > 0 && seen.completed() == before.completed();
    // The guest takes the request away when it begins to shut down.
    boolean down = seen.shuttingDown() || (before != null && before.shuttingDown());
    long since = before != null && stands ? before.sinceMillis() : nowMillis;
    progress.put(lease.id(), new Progress(seen.completed(), since, down));
    if (down && (seen.inFlight() > 0 || lease.limit() != null)) {
      return Optional.of(
          "the guest shuts down, and %d of its requests wait".formatted(seen.inFlight()));
    }
    return nowMillis - since > seen.agingMillis() + GRACE_MILLIS
        ? Optional.of(
            "%d requests wait and none was completed for %.1f s; its device serves any in %.1f s"
                .formatted(
                    seen.inFlight(), (nowMillis - since) / 1_000.0, seen.agingMillis() / 1_000.0))
        : Optional.empty();
  }
}
