package io.blkwarden.agent.app;

import io.blkwarden.agent.mapping.HostSnapshot;
import io.blkwarden.agent.mapping.HostSnapshot.ObservedBio;
import java.util.List;
import java.util.function.Supplier;

/** Reads the sources of the map. */
@FunctionalInterface
public interface HostScan {
  /**
   * Scans.
   *
   * @param drain returns the I/O traced since the last scan; called once, after reading the uptime
   */
  HostSnapshot scan(Supplier<List<ObservedBio>> drain);
}
