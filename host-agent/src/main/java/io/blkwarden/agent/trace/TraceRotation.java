package io.blkwarden.agent.trace;

import io.blkwarden.model.DeviceNumber;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The order in which devices are watched: batches of those that have waited longest. Each of {@code
 * n} devices is in every {@code ceil(n / batch)}-th batch.
 */
final class TraceRotation {
  private final int batch;
  private final LinkedHashSet<DeviceNumber> queue = new LinkedHashSet<>();

  TraceRotation(int batch) {
    this.batch = batch;
  }

  /** The next batch, sorted; new devices are queued behind waiting ones. */
  List<DeviceNumber> next(Collection<DeviceNumber> wanted) {
    Set<DeviceNumber> current = new HashSet<>(wanted);
    queue.retainAll(current);
    queue.addAll(wanted);
    List<DeviceNumber> next = new ArrayList<>(queue.stream().limit(batch).toList());
    if (queue.size() > batch) {
      next.forEach(queue::remove);
      queue.addAll(next);
    }
    next.sort(null);
    return List.copyOf(next);
  }
}
