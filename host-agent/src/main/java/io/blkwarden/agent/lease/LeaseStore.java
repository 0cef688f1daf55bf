package io.blkwarden.agent.lease;

import io.blkwarden.agent.lease.LeaseStore.StoredLeases;
import io.blkwarden.model.Require;
import io.blkwarden.model.WorkerId;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Where leases outlive the agent's process. */
public interface LeaseStore {
  /**
   * Replaces what is stored, all or nothing: a process that dies in the middle leaves the old or
   * the new state.
   *
   * @return what went wrong; empty when it is stored
   */
  Optional<String> save(StoredLeases leases);

  /** Which of several copies could not be written the last time; empty when all were. */
  default Optional<String> degraded() {
    return Optional.empty();
  }

  /**
   * What is kept on disk of the throttles.
   *
   * @param boot boot that the leases' times and tasks belong to
   * @param epoch highest claim of a controller that was seen
   * @param leases all that are held, at most {@link LeaseTable#MAX_LEASES}
   * @param pending what is left to do after records were damaged
   */
  record StoredLeases(UUID boot, long epoch, List<Lease> leases, PendingRestores pending) {
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

  /**
   * What an earlier run left, from all records that there are.
   *
   * @param stored the intact record; empty when there is none
   * @param salvaged what other records have beside it, and damaged ones still have
   * @param faults what is wrong with the records, each with its file, for the log
   * @param lost whether a record was damaged and no other one makes up for it
   */
  record FoundLeases(
      Optional<StoredLeases> stored,
      List<SalvagedLeases> salvaged,
      List<String> faults,
      boolean lost) {
    /** No earlier run left anything. */
    public static final FoundLeases NOTHING =
        new FoundLeases(Optional.empty(), List.of(), List.of(), false);

    public FoundLeases {
      salvaged = List.copyOf(salvaged);
      faults = List.copyOf(faults);
    }

    /** An intact record. */
    public static FoundLeases of(StoredLeases stored) {
      return new FoundLeases(Optional.of(stored), List.of(), List.of(), false);
    }
  }

  /**
   * What could be read of a damaged or outdated record of leases. It is restored, never continued.
   *
   * @param boot boot that it belongs to
   * @param leases leases that are readable as a whole
   * @param workers tasks of other leases, with the priority to restore
   * @param named tasks of which only the identity is readable
   */
  record SalvagedLeases(
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
}
