package io.blkwarden.agent.mapping;

import io.blkwarden.agent.backend.type.DiskProcess;
import io.blkwarden.agent.mapping.Candidates.Pair;
import io.blkwarden.agent.mapping.Proofs.ProvenPair;
import io.blkwarden.agent.mapping.Vbd.Slot;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.UnresolvedReason;
import io.blkwarden.model.Worker;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The mapping state of a disk that results from the proofs. */
sealed interface DiskState {
  /** All workers are proven. */
  record Resolved(List<Worker> workers) implements DiskState {
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
    Optional<DiskState> early = beforeProofs(vbd);
    if (early.isPresent()) {
      return early.get();
    }
    if (vbd.connection().isEmpty()) {
      return new Unresolved(UnresolvedReason.DEVICE_UNSETTLED);
    }
    if (conflicting) {
      return new Unresolved(UnresolvedReason.CONFLICTING_PROOFS);
    }
    Optional<UnresolvedReason> reason = Rings.missing(vbd, proven, open, uptimeTicks, waits);
    return reason.<DiskState>map(Unresolved::new).orElseGet(() -> new Resolved(workers(proven)));
  }

  /** The state of a disk that needs no proof: it is being removed, unreadable or not connected. */
  private static Optional<DiskState> beforeProofs(Vbd vbd) {
    if (Boolean.FALSE.equals(vbd.backend().online())) {
      return Optional.of(new Gone());
    }
    if (vbd.backend().state() == null || vbd.backend().online() == null || vbd.domain() == null) {
      return Optional.of(unreadable());
    }
    return vbd.connected()
        ? Optional.empty()
        : Optional.of(new Unresolved(UnresolvedReason.NOT_CONNECTED));
  }

  private static List<Worker> workers(List<ProvenPair> proven) {
    return proven.stream()
        .map(ProvenPair::worker)
        .sorted(
            Comparator.comparing(
                    Worker::ring, Comparator.nullsLast(Comparator.<Integer>naturalOrder()))
                .thenComparingInt(Worker::pid))
        .toList();
  }

  /**
   * Determines the state of a disk that a process serves.
   *
   * @param served what is known about the process
   */
  static DiskState ofProcess(Host host, Vbd vbd, Backend.Served served) {
    Optional<DiskState> early = beforeProofs(vbd);
    if (early.isPresent()) {
      return early.get();
    }
    if (served.by().isEmpty()) {
      return served.certain() ? new Unresolved(UnresolvedReason.NO_THREAD_YET) : unreadable();
    }
    DiskProcess process = served.by().getFirst();
    if (served.by().size() > 1 || !host.knows(process.rings())) {
      return new Unresolved(UnresolvedReason.CONFLICTING_PROOFS);
    }
    return process.workers().size() > MappedDisk.MAX_WORKERS
        ? new Unresolved(UnresolvedReason.UNSUPPORTED_BACKEND)
        : new Resolved(process.workers());
  }

  /** Whether only the disk's own I/O can identify its thread. */
  default boolean isAmbiguous() {
    return this instanceof Unresolved unresolved
        && unresolved.reason() == UnresolvedReason.AMBIGUOUS_NAME;
  }
}
