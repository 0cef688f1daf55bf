package io.blkwarden.agent.mapping;

import io.blkwarden.agent.mapping.Candidates.Pair;
import io.blkwarden.agent.mapping.ProofTable.Match;
import io.blkwarden.agent.mapping.Vbd.Slot;
import io.blkwarden.model.UnresolvedReason;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the proofs come to for one disk. */
sealed interface DiskState {
  /** All workers are proven. */
  record Resolved(List<Match> workers) implements DiskState {
    public Resolved {
      workers = List.copyOf(workers);
    }
  }

  /** Not all are. */
  record Unresolved(UnresolvedReason reason) implements DiskState {}

  /** It is being taken away. */
  record Gone() implements DiskState {}

  /** What a proof needs could not be read. */
  static DiskState unreadable() {
    return new Unresolved(UnresolvedReason.SOURCE_UNREADABLE);
  }

  /** The state of a disk, which must be one of these. */
  static DiskState at(Map<Slot, DiskState> states, Vbd vbd) {
    return states.getOrDefault(vbd.slot(), unreadable());
  }

  /**
   * Judges a disk.
   *
   * @param tied its proven threads
   * @param open threads that may be its own and are proven to be nobody's
   * @param conflicting whether proofs disagree about it
   * @param uptimeTicks now, if known
   * @param waits for which disks more rings were awaited
   */
  static DiskState of(
      Vbd vbd,
      List<Match> tied,
      List<Pair> open,
      boolean conflicting,
      @Nullable Long uptimeTicks,
      RingWaits waits) {
    if (Boolean.FALSE.equals(vbd.backend().online())) {
      return new Gone();
    }
    if (vbd.backend().state() == null || vbd.backend().online() == null || vbd.domain() == null) {
      return unreadable();
    }
    if (!vbd.connected()) {
      return new Unresolved(UnresolvedReason.NOT_CONNECTED);
    }
    if (vbd.connection().isEmpty()) {
      return new Unresolved(UnresolvedReason.DEVICE_UNSETTLED);
    }
    if (conflicting) {
      return new Unresolved(UnresolvedReason.CONFLICTING_PROOFS);
    }
    Optional<UnresolvedReason> reason = Rings.missing(vbd, tied, open, uptimeTicks, waits);
    return reason.<DiskState>map(Unresolved::new).orElseGet(() -> new Resolved(tied));
  }

  /** Whether only the disk's own I/O can tell which thread is its own. */
  default boolean isAmbiguous() {
    return this instanceof Unresolved unresolved
        && unresolved.reason() == UnresolvedReason.AMBIGUOUS_NAME;
  }
}
