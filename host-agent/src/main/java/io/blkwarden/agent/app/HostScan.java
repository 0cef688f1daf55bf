package io.blkwarden.agent.app;

import io.blkwarden.agent.mapping.HostSnapshot;
import io.blkwarden.agent.mapping.HostSnapshot.ObservedBio;
import java.util.List;
import java.util.function.Supplier;

/** Reads all of a host that its map is made from. */
@FunctionalInterface
public interface HostScan {
  /**
   * Scans.
   *
   * @param drain gives what was traced since the scan before; called once, after the uptime is read
   */
  HostSnapshot scan(Supplier<List<ObservedBio>> drain);
}
