package io.blkwarden.agent.mapping;

import io.blkwarden.agent.mapping.Candidates.Pair;
import io.blkwarden.agent.mapping.Proofs.ProvenPair;
import io.blkwarden.agent.mapping.Vbd.Slot;
import io.blkwarden.model.UnresolvedReason;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The mapping state of a disk that results from the proofs. */
sealed interface DiskState {
  /** All workers are proven. */
  record Resolved(List<ProvenPair> workers) implements DiskState {
    public Resolved {
      workers = List.copyOf(workers);
    }
  }

  /** Not all workers are proven. */
  record Unresolved(UnresolvedReason reason) implements DiskState {}

  /** The disk is being removed. */
  record Gone() implements DiskState {}

  /** The state of a disk whose sources could not be read. */
  static DiskState unreadable() {
    return new Unresolved(UnresolvedReason.SOURCE_UNREADABLE);
  }

  /** The state of a disk; unreadable if it has none. */
  static DiskState at(Map<Slot, DiskState> states, Vbd vbd) {
    return states.getOrDefault(vbd.slot(), unreadable());
  }

  /**
   * Determines the state of a disk.
   *
   * @param proven its proven threads
   * @param open candidate threads without any proof
   * @param conflicting whether its proofs conflict
   * @param uptimeTicks current uptime, if known
   * @param waits earlier waits for more rings
   */
  static DiskState of(
      Vbd vbd,
      List<ProvenPair> proven,
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
    Optional<UnresolvedReason> reason = Rings.missing(vbd, proven, open, uptimeTicks, waits);
    return reason.<DiskState>map(Unresolved::new).orElseGet(() -> new Resolved(proven));
  }

  /** Whether only the disk's own I/O can identify its thread. */
  default boolean isAmbiguous() {
    return this instanceof Unresolved unresolved
        && unresolved.reason() == UnresolvedReason.AMBIGUOUS_NAME;
  }
}
