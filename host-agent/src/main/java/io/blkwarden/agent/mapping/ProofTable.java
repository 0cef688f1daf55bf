package io.blkwarden.agent.mapping;

import io.blkwarden.agent.mapping.Candidates.Pair;
import io.blkwarden.agent.mapping.HostSnapshot.HostThread;
import io.blkwarden.agent.mapping.Vbd.Slot;
import io.blkwarden.model.Proof;
import io.blkwarden.model.WorkerId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The proofs of one resolution and their conflicts. */
final class ProofTable {
  /**
   * A thread proven to serve a disk.
   *
   * @param pair thread and disk
   * @param proof the first proof
   */
  record ProvenPair(Pair pair, Proof proof) {}

  private final Map<WorkerId, Map<Slot, ProvenPair>> byThread = new LinkedHashMap<>();
  private final Map<Slot, List<ProvenPair>> bySlot = new LinkedHashMap<>();

  /** Adds a proof; a second one of the same thread and disk is ignored. */
  void add(Pair pair, Proof proof) {
    ProvenPair match = new ProvenPair(pair, proof);
    Map<Slot, ProvenPair> ofThread =
        byThread.computeIfAbsent(pair.thread().id(), _ -> new LinkedHashMap<>());
    if (ofThread.putIfAbsent(pair.vbd().slot(), match) == null) {
      bySlot.computeIfAbsent(pair.vbd().slot(), _ -> new ArrayList<>()).add(match);
    }
  }

  /** The disk's proven threads. */
  List<ProvenPair> of(Vbd vbd) {
    return bySlot.getOrDefault(vbd.slot(), List.of());
  }

  /** Whether the thread is proven for any disk. */
  boolean isProven(HostThread thread) {
    return byThread.containsKey(thread.id());
  }

  /** All proven pairs. */
  List<ProvenPair> all() {
    return bySlot.values().stream().flatMap(List::stream).toList();
  }

  /** Disks that share a proven thread with another disk. */
  Set<Slot> conflicting() {
    Set<Slot> slots = new HashSet<>();
    byThread.values().stream()
        .filter(disks -> disks.size() > 1)
        .forEach(disks -> slots.addAll(disks.keySet()));
    return slots;
  }
}
