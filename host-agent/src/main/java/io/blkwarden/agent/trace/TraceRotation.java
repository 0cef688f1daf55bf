package io.blkwarden.agent.trace;

import io.blkwarden.model.DeviceNumber;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Which devices are watched next: the ones that have waited longest, a batch at a time.
 *
 * <p>Of {@code n} devices each is in every {@code ceil(n / batch)}-th batch.
 */
final class TraceRotation {
  private final int batch;
  private final LinkedHashSet<DeviceNumber> queue = new LinkedHashSet<>();

  TraceRotation(int batch) {
    this.batch = batch;
  }

  /** The next batch, in ascending order; devices that are new stand behind those that wait. */
  List<DeviceNumber> next(Collection<DeviceNumber> wanted) {
    Set<DeviceNumber> still = new HashSet<>(wanted);
    queue.retainAll(still);
    queue.addAll(wanted);
    List<DeviceNumber> next = new ArrayList<>(queue.stream().limit(batch).toList());
    if (queue.size() > batch) {
      next.forEach(queue::remove);
      queue.addAll(next);
    }
    next.sort(null);
    return List.copyOf(next);
  }

  /** How many devices want to be watched. */
  int size() {
    return queue.size();
  }
}
