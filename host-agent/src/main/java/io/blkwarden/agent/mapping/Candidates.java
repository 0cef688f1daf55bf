package io.blkwarden.agent.mapping;

import io.blkwarden.agent.mapping.HostSnapshot.HostThread;
import io.blkwarden.agent.mapping.Vbd.Slot;
import io.blkwarden.model.WorkerId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The threads that may serve each disk, by name and age. Proofs select among them. */
final class Candidates {
  /**
   * A thread that may serve a disk.
   *
   * @param thread the thread
   * @param vbd the disk, connected or not
   * @param name how the thread's name matches the disk
   */
  record Pair(HostThread thread, Vbd vbd, NameMatch name) {
    /** Whether the disk can have only one thread. */
    boolean singleRing() {
      return name.singleRing() || vbd.maxRings() == 1;
    }
  }

  private final Map<WorkerId, List<Pair>> byThread = new LinkedHashMap<>();
  private final Map<Slot, List<Pair>> bySlot = new LinkedHashMap<>();

  Candidates(Host host, EvidenceHistory history) {
    host.threads().values().stream()
        .sorted(Comparator.comparingInt((HostThread thread) -> thread.id().pid()))
        .forEach(thread ->
            host.vbdsOf(thread.name().domid())
                .forEach(vbd -> {
                  if (!history.isOlderThan(thread, vbd)) {
                    vbd.match(thread).ifPresent(name -> add(new Pair(thread, vbd, name)));
                  }
                }));
  }

  private void add(Pair pair) {
    byThread.computeIfAbsent(pair.thread().id(), _ -> new ArrayList<>()).add(pair);
    bySlot.computeIfAbsent(pair.vbd().slot(), _ -> new ArrayList<>()).add(pair);
  }

  /** Threads that may serve the disk, by pid. */
  List<Pair> of(Vbd vbd) {
    return bySlot.getOrDefault(vbd.slot(), List.of());
  }

  /** Disks that the thread may serve. */
  List<Pair> of(WorkerId thread) {
    return byThread.getOrDefault(thread, List.of());
  }

  /** All candidate threads, each with its disks. */
  Iterable<List<Pair>> threads() {
    return byThread.values();
  }
}
