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

/** The proofs of one resolution: which thread is tied to which disk, and whether they agree. */
final class ProofTable {
  /**
   * A thread that is proven to serve a disk.
   *
   * @param pair thread and disk
   * @param proof the first proof of it
   */
  record Match(Pair pair, Proof proof) {}

  private final Map<WorkerId, Map<Slot, Match>> byThread = new LinkedHashMap<>();
  private final Map<Slot, List<Match>> bySlot = new LinkedHashMap<>();

  /** Adds a proof; a second one of the same thread and disk says nothing new. */
  void add(Pair pair, Proof proof) {
    Match tie = new Match(pair, proof);
    Map<Slot, Match> ofThread =
        byThread.computeIfAbsent(pair.thread().id(), _ -> new LinkedHashMap<>());
    if (ofThread.putIfAbsent(pair.vbd().slot(), tie) == null) {
      bySlot.computeIfAbsent(pair.vbd().slot(), _ -> new ArrayList<>()).add(tie);
    }
  }

  /** The disk's threads. */
  List<Match> of(Vbd vbd) {
    return bySlot.getOrDefault(vbd.slot(), List.of());
  }

  /** Whether the thread is tied to any disk. */
  boolean isProven(HostThread thread) {
    return byThread.containsKey(thread.id());
  }

  /** All ties. */
  List<Match> all() {
    return bySlot.values().stream().flatMap(List::stream).toList();
  }

  /** Disks that share a thread with another, which no two disks do. */
  Set<Slot> conflicting() {
    Set<Slot> slots = new HashSet<>();
    byThread.values().stream()
        .filter(disks -> disks.size() > 1)
        .forEach(disks -> slots.addAll(disks.keySet()));
    return slots;
  }
}
