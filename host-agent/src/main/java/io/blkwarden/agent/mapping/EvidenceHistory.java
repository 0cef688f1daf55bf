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
 * The previous evidence applied to this snapshot: the age and the possible leftovers among its
 * threads.
 */
final class EvidenceHistory {
  /** Maximum difference between the clocks of {@code /proc/uptime} and of task start times. */
  private static final long CLOCK_SLACK_TICKS = 10;

  /** Maximum number of devices of earlier connections kept per thread. */
  private static final int MAX_LEFTOVER_DEVICES = 64;

  private final Map<Slot, DiskMemory> disks = new HashMap<>();
  private final Evidence before;
  private final Map<WorkerId, Set<DeviceNumber>> leftovers = new HashMap<>();

  EvidenceHistory(Host host, Evidence before) {
    this.before = before;
    Set<WorkerId> alive =
        host.threads().values().stream().map(HostThread::id).collect(Collectors.toSet());
    before
        .leftovers()
        .forEach((thread, devices) -> {
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
    DiskMemory last = before.disks().get(vbd.slot());
    Connection connection = vbd.connection().orElse(null);
    Long unconnected = last == null ? before.uptimeTicks() : last.unconnectedTicks();
    if (vbd.hasNoThreads()) {
      unconnected = host.uptimeTicks() == null ? unconnected : host.uptimeTicks();
    } else if (connection == null) {
      connection = last == null ? null : last.connection(); // unknown, so nothing has ended yet
    } else if (last != null && last.certain() && !connection.equals(last.connection())) {
      unconnected = before.uptimeTicks();
    }
    boolean certain = vbd.hasNoThreads() || vbd.connection().isPresent();
    Backend backend = vbd.backend();
    return new DiskMemory(connection, certain, backend.dev(), backend.device(), unconnected);
  }

  /**
   * Marks the threads that may be left over from a connection that ended: they match the disk by
   * name, are not known to be older than the connection, and still exist.
   */
  private void markLeftovers(Host host, Evidence before) {
    before
        .disks()
        .forEach((slot, last) -> {
          DiskMemory now = disks.get(slot);
          boolean ended =
              now == null
                  || (now.certain() && now.connection() == null)
                  || (last.connection() != null && !last.connection().equals(now.connection()));
          if (ended) {
            mark(host, slot, last);
          }
        });
    disks.forEach((slot, now) -> {
      if (now.certain() && now.connection() == null && !before.disks().containsKey(slot)) {
        mark(host, slot, new DiskMemory(null, true, now.dev(), now.device(), before.uptimeTicks()));
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

  /** Whether the thread existed before the disk was connected, so it cannot be its worker. */
  boolean isOlderThan(HostThread thread, Vbd vbd) {
    DiskMemory memory = disks.get(vbd.slot());
    return memory != null && isOlder(thread, memory.unconnectedTicks());
  }

  /** Whether the thread started after the disk was seen unconnected. */
  boolean startedAfterUnconnected(HostThread thread, Vbd vbd) {
    DiskMemory memory = disks.get(vbd.slot());
    Long unconnected = memory == null ? null : memory.unconnectedTicks();
    return unconnected != null && thread.id().startTicks() > unconnected + CLOCK_SLACK_TICKS;
  }

  /**
   * Whether this thread had its pid during the whole trace of this snapshot, so that a bio of the
   * pid is the thread's.
   */
  boolean aliveSinceLastDrain(HostThread thread) {
    Long lastUptimeTicks = before.uptimeTicks();
    return lastUptimeTicks != null
        && thread.id().startTicks() + CLOCK_SLACK_TICKS <= lastUptimeTicks;
  }

  /** Whether the thread may be left over from an earlier connection of a disk. */
  boolean mayBeLeftover(HostThread thread) {
    return leftovers.containsKey(thread.id());
  }

  /** Whether the thread may be left over from a connection on this device. */
  boolean mayBeLeftover(HostThread thread, DeviceNumber device) {
    Set<DeviceNumber> devices = leftovers.getOrDefault(thread.id(), Set.of());
    return devices.contains(device) || devices.size() >= MAX_LEFTOVER_DEVICES;
  }

  /** Earlier proofs; those of ended threads and connections match nothing in this snapshot. */
  Map<Tie, Proof> proofs() {
    return before.proofs();
  }

  @Nullable Long bracketBytes(Tie tie) {
    return before.brackets().get(tie);
  }

  Map<Slot, DiskMemory> disks() {
    return disks;
  }

  Map<WorkerId, Set<DeviceNumber>> leftovers() {
    return leftovers;
  }
}
