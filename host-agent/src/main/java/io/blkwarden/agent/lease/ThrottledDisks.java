package io.blkwarden.agent.lease;

import io.blkwarden.model.MappedDisk;
import java.util.Optional;

/** Reads the state of throttled disks for {@link StarvationGuard}. */
@FunctionalInterface
public interface ThrottledDisks {
  /** The state of a disk; empty when unreadable. */
  Optional<DiskProgress> read(MappedDisk disk);

  /**
   * The state of a disk.
   *
   * @param completed requests of all kinds that its own device completed
   * @param inFlight requests in flight there
   * @param agingMillis maximum wait of the idle class in the physical device's scheduler
   * @param shuttingDown whether the toolstack requested a shutdown, or the backend is closing
   */
  record DiskProgress(long completed, long inFlight, long agingMillis, boolean shuttingDown) {}
}
