package io.blkwarden.agent.lease;

import io.blkwarden.model.MappedDisk;
import java.util.Optional;

/** A look at a disk that is throttled, for the guard against starvation. */
@FunctionalInterface
public interface ThrottledDisks {
  /** What is to be seen of a disk; empty when it cannot be read. */
  Optional<Sight> see(MappedDisk disk);

  /**
   * What was seen.
   *
   * @param completed requests that its own device has completed, of all kinds
   * @param inFlight requests that are under way there
   * @param agingMillis how long the physical device's scheduler lets the idle class wait
   * @param shuttingDown whether the toolstack asks the guest to shut down, or its backend closes
   */
  record Sight(long completed, long inFlight, long agingMillis, boolean shuttingDown) {}
}
