package io.blkwarden.agent.lease;

import io.blkwarden.model.Require;
import io.blkwarden.model.WorkerId;
import java.util.List;
import java.util.UUID;

/**
 * What could be read of a damaged or outdated record of leases. It is restored, never continued.
 *
 * @param boot boot that it belongs to
 * @param leases leases that are readable as a whole
 * @param workers tasks of other leases, with the priority to restore
 * @param named tasks of which only the identity is readable
 */
public record SalvagedLeases(
    UUID boot, List<Lease> leases, List<LeasedWorker> workers, List<WorkerId> named) {
  public SalvagedLeases {
    Require.present(boot, "boot");
    leases = List.copyOf(leases);
    workers = List.copyOf(workers);
    named = List.copyOf(named);
  }

  /** Whether nothing is left to restore. */
  public boolean isEmpty() {
    return leases.isEmpty() && workers.isEmpty() && named.isEmpty();
  }
}
