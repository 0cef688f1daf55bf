package io.blkwarden.agent.lease;

import io.blkwarden.model.MessageId;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Detects throttles that must end: none of a disk's requests completes, or a guest that shuts down
 * waits for its last requests.
 *
 * <p>mq-deadline serves the idle class after {@code prio_aging_expire}, so a throttle counts as the
 * cause only well beyond that. Requests delayed by a limit are not in flight, so for limits only a
 * shutdown counts. Not thread-safe.
 */
public final class StarvationGuard {
  /** Time beyond the device's ageing that requests may wait. */
  static final long GRACE_MILLIS = 5_000;

  private final Map<MessageId, Progress> progress = new HashMap<>();

  /**
   * The state of a throttled disk.
   *
   * @param completed requests of all kinds that its own device completed
   * @param inFlight requests in flight there
   * @param agingMillis maximum wait of the idle class in the physical device's scheduler
   * @param shuttingDown whether the toolstack requested a shutdown, or the backend is closing
   */
  public record DiskProgress(
      long completed, long inFlight, long agingMillis, boolean shuttingDown) {}

  private record Progress(long completed, long sinceMillis, boolean shuttingDown) {}

  /** Removes ended leases. */
  void keep(Collection<Lease> leases) {
    Set<MessageId> active = leases.stream().map(Lease::id).collect(Collectors.toSet());
    progress.keySet().retainAll(active);
  }

  /**
   * Checks a lease.
   *
   * @param sight state of the lease's disk; empty when unreadable, which restarts the wait
   * @return why the lease must end; empty when it need not
   */
  Optional<String> check(Lease lease, Optional<DiskProgress> sight, long nowMillis) {
    Progress before = progress.get(lease.id());
    if (sight.isEmpty()) {
      progress.computeIfPresent(
          lease.id(), (_, old) -> new Progress(old.completed(), nowMillis, old.shuttingDown()));
      return Optional.empty();
    }
    DiskProgress seen = sight.get();
    boolean stands =
        before != null && seen.inFlight() > 0 && seen.completed() == before.completed();
    // The guest removes the request when it starts to shut down.
    boolean down = seen.shuttingDown() || (before != null && before.shuttingDown());
    long since = before != null && stands ? before.sinceMillis() : nowMillis;
    progress.put(lease.id(), new Progress(seen.completed(), since, down));
    if (down && (seen.inFlight() > 0 || lease.limit() != null)) {
      return Optional.of(
          "the guest is shutting down with %d requests in flight".formatted(seen.inFlight()));
    }
    return nowMillis - since > seen.agingMillis() + GRACE_MILLIS
        ? Optional.of(
            "%d requests in flight, none completed for %.1f s; the device's ageing limit is %.1f s"
                .formatted(
                    seen.inFlight(), (nowMillis - since) / 1_000.0, seen.agingMillis() / 1_000.0))
        : Optional.empty();
  }
}
