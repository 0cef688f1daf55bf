package io.blkwarden.agent.lease;

import io.blkwarden.agent.lease.LeaseStore.StoredLeases;
import io.blkwarden.model.Require;
import io.blkwarden.model.WorkerId;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The persistent store of leases. */
public interface LeaseStore {
  /**
   * Replaces the stored leases atomically: after a crash the old or the new state remains.
   *
   * @return the error; empty when stored
   */
  Optional<String> save(StoredLeases leases);

  /** The copies that the last save could not write; empty when all were written. */
  default Optional<String> degraded() {
    return Optional.empty();
  }

  /**
   * The stored state of the throttles.
   *
   * @param boot boot that the leases' deadlines and tasks belong to
   * @param epoch highest epoch seen
   * @param leases active leases, at most {@link LeaseTable#MAX_LEASES}
   * @param pending pending restores after records were damaged
   */
  record StoredLeases(UUID boot, long epoch, List<Lease> leases, PendingRestores pending) {
    public StoredLeases {
      Require.within(epoch, 0, Long.MAX_VALUE, "epoch");
      leases = Require.list(leases, LeaseTable.MAX_LEASES, "leases");
    }
  }

  /**
   * The stored state of an earlier run, from all records.
   *
   * @param stored the intact record, if any
   * @param salvaged additional content of other and damaged records
   * @param faults faults of the records with their files, for the log
   * @param lost whether a record was damaged and no other one replaces it
   */
  record FoundLeases(
      Optional<StoredLeases> stored,
      List<SalvagedLeases> salvaged,
      List<String> faults,
      boolean lost) {
    /** No stored state. */
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
   * The readable content of a damaged or outdated record. It is restored, never resumed.
   *
   * @param boot boot of the record
   * @param leases leases that are fully readable
   * @param workers tasks of other leases with their prior priority
   * @param named tasks with only a readable identity
   */
  record SalvagedLeases(
      UUID boot, List<Lease> leases, List<LeasedWorker> workers, List<WorkerId> named) {
    public SalvagedLeases {
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
