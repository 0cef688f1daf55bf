package io.blkwarden.controller.engine;

import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.Worker;
import io.blkwarden.model.WorkerId;
import java.util.Collections;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Who served a disk when its guest was last known to run on; mutable.
 *
 * <p>A domid tells a guest's runs apart only while somebody looks: it is given again. Threads that
 * were replaced while no agent looked are the sign that the guest was started anew. Before an
 * agent's eyes they may be replaced: a guest that connects its disk anew must not end a breach.
 */
final class KnownWorkers {
  private final UUID boot;
  private Set<WorkerId> workers;

  /** Whether an agent has looked without a pause since the workers were known. */
  private boolean watched = true;

  KnownWorkers(UUID boot, MappedDisk disk) {
    this.boot = boot;
    this.workers = ids(disk);
  }

  /**
   * Whether the disk, as it is known now, may be the same run of its guest; what is unknown may be.
   *
   * @param boot boot of the host now
   * @param seen whether the change was told as it happened, and is not merely found in a snapshot
   */
  boolean goesOn(UUID boot, MappedDisk disk, boolean seen) {
    if (!boot.equals(this.boot)) {
      return false;
    }
    Set<WorkerId> now = ids(disk);
    if (now.isEmpty()) {
      watched &= seen;
      return true;
    }
    boolean known = !workers.isEmpty() && !(seen && watched);
    if (known && Collections.disjoint(now, workers)) {
      return false;
    }
    workers = now;
    watched = true;
    return true;
  }

  private static Set<WorkerId> ids(MappedDisk disk) {
    return disk.workers().stream().map(Worker::id).collect(Collectors.toUnmodifiableSet());
  }
}
