package io.blkwarden.agent.lease;

import io.blkwarden.model.Require;
import java.util.List;
import java.util.UUID;

/**
 * What is kept on disk of the throttles.
 *
 * @param boot boot that the leases' times and tasks belong to
 * @param epoch highest claim of a controller that was seen
 * @param leases all that are held, at most {@link LeaseTable#MAX_LEASES}
 * @param pending what is left to do after records were damaged
 */
public record StoredLeases(UUID boot, long epoch, List<Lease> leases, PendingRestores pending) {
  public StoredLeases {
    Require.present(boot, "boot");
    Require.within(epoch, 0, Long.MAX_VALUE, "epoch");
    leases = Require.list(leases, LeaseTable.MAX_LEASES, "leases");
    Require.present(pending, "pending");
  }

  /** Leases of records that were never damaged. */
  public StoredLeases(UUID boot, long epoch, List<Lease> leases) {
    this(boot, epoch, leases, PendingRestores.NONE);
  }
}
