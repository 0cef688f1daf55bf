package io.blkwarden.agent.lease;

import java.util.List;
import java.util.Optional;

/**
 * What an earlier run left, from all records that there are.
 *
 * @param stored the intact record; empty when there is none
 * @param salvaged what other records have beside it, and damaged ones still have
 * @param faults what is wrong with the records, each with its file, for the log
 * @param lost whether a record was damaged and no other one makes up for it
 */
public record FoundLeases(
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
