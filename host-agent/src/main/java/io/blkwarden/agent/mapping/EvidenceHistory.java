package io.blkwarden.agent.mapping;

import io.blkwarden.agent.mapping.Evidence.DiskMemory;
import io.blkwarden.agent.mapping.Evidence.Tie;
import io.blkwarden.agent.mapping.HostSnapshot.HostThread;
import io.blkwarden.agent.mapping.Vbd.Connection;
import io.blkwarden.agent.mapping.Vbd.Slot;
import io.blkwarden.model.DeviceNumber;
import io.blkwarden.model.Proof;
import io.blkwarden.model.WorkerId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The evidence of the resolution before, as far as it still holds for this snapshot, and what the
 * changes since then say about the age and the origin of threads.
 */
final class EvidenceHistory {
  /** How far the clocks of {@code /proc/uptime} and of a task's start may be apart, at most. */
  private static final long CLOCK_SLACK_TICKS = 10;

  /** Devices of earlier lives that are kept for one thread; more than enough for any one name. */
  private static final int MAX_LEFTOVER_DEVICES = 64;

  private final Map<Slot, DiskMemory> disks = new HashMap<>();
  private final Evidence before;
  private final Map<WorkerId, Set<DeviceNumber>> leftovers = new HashMap<>();

  EvidenceHistory(Host host, Evidence before) {
    this.before = before;
    Set<WorkerId> alive =
        host.threads().values().stream().map(HostThread::id).collect(Collectors.toSet());
    before.leftovers.forEach((thread, devices) -> {
      if (alive.contains(thread)) {
        leftovers.put(thread, new HashSet<>(devices));
      }
    });
    for (Vbd vbd : host.vbds()) {
      disks.put(vbd.slot(), remember(host, vbd, before));
    }
    markLeftovers(host, before);
  }

  private static DiskMemory remember(Host host, Vbd vbd, Evidence before) {
    DiskMemory last = before.disks.get(vbd.slot());
    Connection life = vbd.connection().orElse(null);
    Long unconnected = last == null ? before.uptimeTicks : last.unconnectedTicks();
    if (vbd.hasNoThreads()) {
      unconnected = host.uptimeTicks() == null ? unconnected : host.uptimeTicks();
    } else if (life == null) {
      life = last == null ? null : last.life(); // it cannot be told, so nothing has ended yet
    } else if (last != null && last.certain() && !life.equals(last.life())) {
      unconnected = before.uptimeTicks;
    }
    boolean certain = vbd.hasNoThreads() || vbd.connection().isPresent();
    return new DiskMemory(life, certain, vbd.backend().dev(), vbd.device(), unconnected);
  }

  /**
   * Marks the threads that may be left over from a life that ended: they fit the disk by name, are
   * not known to be older than that life, and still are there now that it is not.
   */
  private void markLeftovers(Host host, Evidence before) {
    before.disks.forEach((slot, last) -> {
      DiskMemory now = disks.get(slot);
      boolean ended =
          now == null
              || (now.certain() && now.life() == null)
              || (last.life() != null && !last.life().equals(now.life()));
      if (ended) {
        mark(host, slot, last);
      }
    });
    disks.forEach((slot, now) -> {
      if (now.certain() && now.life() == null && !before.disks.containsKey(slot)) {
        mark(host, slot, new DiskMemory(null, true, now.dev(), now.device(), before.uptimeTicks));
      }
    });
  }

  private void mark(Host host, Slot slot, DiskMemory ended) {
    for (HostThread thread : host.threads().values()) {
      boolean older = isOlder(thread, ended.unconnectedTicks());
      if (!older
          && NameMatch.of(thread.name(), slot.domid(), ended.dev(), ended.device()).isPresent()) {
        Set<DeviceNumber> devices = leftovers.computeIfAbsent(thread.id(), _ -> new HashSet<>());
        if (ended.device() != null && devices.size() < MAX_LEFTOVER_DEVICES) {
          devices.add(ended.device());
        }
      }
    }
  }

  private static boolean isOlder(HostThread thread, @Nullable Long unconnectedTicks) {
    return unconnectedTicks != null
        && thread.id().startTicks() + CLOCK_SLACK_TICKS < unconnectedTicks;
  }

  /** Whether the thread was there before the disk was connected, and so cannot be its worker. */
  boolean isOlderThan(HostThread thread, Vbd vbd) {
    DiskMemory memory = disks.get(vbd.slot());
    return memory != null && isOlder(thread, memory.unconnectedTicks());
  }

  /** Whether the thread began after the disk was seen not to be connected yet. */
  boolean startedAfterUnconnected(HostThread thread, Vbd vbd) {
    DiskMemory memory = disks.get(vbd.slot());
    Long unconnected = memory == null ? null : memory.unconnectedTicks();
    return unconnected != null && thread.id().startTicks() > unconnected + CLOCK_SLACK_TICKS;
  }

  /**
   * Whether this very thread had the pid all the time in which the bios of this snapshot were
   * submitted, so that a bio of the pid is one of the thread.
   */
  boolean aliveSinceLastDrain(HostThread thread) {
    Long lastUptimeTicks = before.uptimeTicks;
    return lastUptimeTicks != null
        && thread.id().startTicks() + CLOCK_SLACK_TICKS <= lastUptimeTicks;
  }

  /** Whether the thread may be left over from an earlier life of a disk. */
  boolean mayBeLeftover(HostThread thread) {
    return leftovers.containsKey(thread.id());
  }

  /** Whether it may be left over from a life on this device. */
  boolean mayBeLeftover(HostThread thread, DeviceNumber device) {
    Set<DeviceNumber> devices = leftovers.getOrDefault(thread.id(), Set.of());
    return devices.contains(device) || devices.size() >= MAX_LEFTOVER_DEVICES;
  }

  /** Proofs of before; those of threads and lives that ended match none of now. */
  Map<Tie, Proof> proofs() {
    return before.proofs;
  }

  @Nullable Long bracketBytes(Tie claim) {
    return before.brackets.get(claim);
  }

  Map<Slot, DiskMemory> disks() {
    return disks;
  }

  Map<WorkerId, Set<DeviceNumber>> leftovers() {
    return leftovers;
  }
}
