package io.blkwarden.agent.lease;

import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.PhysicalDevice;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Tells when the scheduler below a throttled disk has become bfq, which makes new queues then: the
 * class must be set by the time they are made, or again. Not safe for use by several threads.
 */
final class SchedulerWatch {
  private static final String BFQ = "bfq";

  private final Map<MessageId, List<String>> seen = new HashMap<>();

  /** Forgets leases that are over. */
  void keep(Collection<Lease> leases) {
    seen.keySet().retainAll(leases.stream().map(Lease::id).collect(Collectors.toSet()));
  }

  /** Begins to watch below a disk whose priority was set just now. */
  void begin(Lease lease, MappedDisk disk) {
    seen.put(lease.id(), schedulers(disk));
  }

  /**
   * What has changed since the last look, if bfq came with it. Below a disk that was never looked
   * at, as after a restart of the agent, it may have come at any time.
   */
  Optional<String> becameBfq(Lease lease, MappedDisk disk) {
    List<String> now = schedulers(disk);
    List<String> before = seen.put(lease.id(), now);
    if (now.equals(before) || bfqs(now) <= (before == null ? 0 : bfqs(before))) {
      return Optional.empty();
    }
    return Optional.of(
        "the scheduler went from %s to %s"
            .formatted(
                before == null ? "an unknown one" : String.join(", ", before),
                String.join(", ", now)));
  }

  private static List<String> schedulers(MappedDisk disk) {
    return disk.physical().stream()
        .map(PhysicalDevice::scheduler)
        .map(scheduler -> Objects.requireNonNullElse(scheduler, "unknown"))
        .toList();
  }

  private static long bfqs(List<String> schedulers) {
    return schedulers.stream().filter(BFQ::equals).count();
  }
}
