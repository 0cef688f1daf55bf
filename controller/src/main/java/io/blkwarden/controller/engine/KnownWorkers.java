package io.blkwarden.controller.engine;

import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.Worker;
import io.blkwarden.model.WorkerId;
import java.util.Collections;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * The workers of a disk when its guest was last known to be running; mutable.
 *
 * <p>Domids are reused, so they do not identify a guest's run for sure. Workers that were replaced
 * while no agent was watching mean that the guest was restarted. Workers replaced while one was
 * watching do not: a guest that reconnects its disk must not end a breach.
 */
final class KnownWorkers {
  private final UUID boot;
  private Set<WorkerId> workers;

  /** Whether an agent has been watching since the workers were known. */
  private boolean watched = true;

  KnownWorkers(UUID boot, MappedDisk disk) {
    this.boot = boot;
    this.workers = ids(disk);
  }

  /**
   * Whether the disk may still be of the same run of its guest; an unknown one may.
   *
   * @param boot the host's boot now
   * @param seen whether the change was reported as it happened, and not found in a snapshot
   */
  boolean isSameRun(UUID boot, MappedDisk disk, boolean seen) {
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
