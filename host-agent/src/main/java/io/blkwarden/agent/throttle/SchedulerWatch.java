package io.blkwarden.agent.throttle;

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

  /** What has changed since the last look, if bfq came with it. */
  Optional<String> becameBfq(Lease lease, MappedDisk disk) {
    List<String> now =
        disk.physical().stream()
            .map(PhysicalDevice::scheduler)
            .map(scheduler -> Objects.requireNonNullElse(scheduler, "unknown"))
            .toList();
    List<String> before = seen.put(lease.id(), now);
    boolean came =
        before != null
            && !before.equals(now)
            && now.stream().filter(BFQ::equals).count()
                > before.stream().filter(BFQ::equals).count();
    return came
        ? Optional.of(
            "the scheduler went from %s to %s"
                .formatted(String.join(", ", before), String.join(", ", now)))
        : Optional.empty();
  }
}
