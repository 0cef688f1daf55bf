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
 * Detects a change to bfq below a throttled disk. bfq creates new queues, so the priority must be
 * set again. Not thread-safe.
 */
final class SchedulerWatch {
  private static final String BFQ = "bfq";

  private final Map<MessageId, List<String>> seen = new HashMap<>();

  /** Removes ended leases. */
  void keep(Collection<Lease> leases) {
    seen.keySet().retainAll(leases.stream().map(Lease::id).collect(Collectors.toSet()));
  }

  /** Starts watching a disk whose priority was just set. */
  void begin(Lease lease, MappedDisk disk) {
    seen.put(lease.id(), schedulers(disk));
  }

  /**
   * The change since the last check if it added bfq. For a disk never checked, as after a restart
   * of the agent, any bfq counts as new.
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
