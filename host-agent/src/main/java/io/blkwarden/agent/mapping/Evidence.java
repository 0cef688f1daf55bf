package io.blkwarden.agent.mapping;

import io.blkwarden.agent.mapping.Vbd.Connection;
import io.blkwarden.agent.mapping.Vbd.Slot;
import io.blkwarden.model.DeviceNumber;
import io.blkwarden.model.Proof;
import io.blkwarden.model.WorkerId;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The state that one resolution passes to the next: earlier proofs, and threads that may be
 * leftovers.
 *
 * <p>Immutable; created by {@link MappingResolver}. It drops threads that ended and disks that were
 * detached, reconnected or moved to another device, so the snapshot bounds its size. The agent
 * starts with {@link #none()}.
 *
 * @param uptimeTicks uptime of the snapshot, read before its bios were drained
 * @param proofs counter and trace proofs
 * @param brackets counter brackets seen once, with the thread's bytes read at that time
 * @param leftovers threads that may be left over from an earlier connection of some disk, with the
 *     devices of those connections; name and elimination prove nothing for them
 * @param waits earlier waits for more rings
 */
public record Evidence(
    @Nullable Long uptimeTicks,
    Map<Slot, DiskMemory> disks,
    Map<Tie, Proof> proofs,
    Map<Tie, Long> brackets,
    Map<WorkerId, Set<DeviceNumber>> leftovers,
    Map<Integer, DomainSet> domains,
    RingWaits waits) {
  /** A thread and a connection of a disk. */
  record Tie(WorkerId thread, Connection connection) {}

  /**
   * The last known state of a disk.
   *
   * @param connection its connection, or the previous one while unknown; absent when not connected
   * @param certain whether {@code connection} was seen in that snapshot
   * @param dev its virtual device as configured
   * @param device its device, if it had one
   * @param unconnectedTicks uptime at which it was last known unconnected, so that its threads are
   *     younger; absent when never
   */
  record DiskMemory(
      @Nullable Connection connection,
      boolean certain,
      @Nullable String dev,
      @Nullable DeviceNumber device,
      @Nullable Long unconnectedTicks) {}

  /** The disks, connections and candidate threads of a domain. */
  record DomainSet(Set<Slot> disks, Set<Connection> connections, Set<WorkerId> threads) {}

  private static final Evidence NONE =
      new Evidence(null, Map.of(), Map.of(), Map.of(), Map.of(), Map.of(), RingWaits.none());

  public Evidence {
    disks = Map.copyOf(disks);
    proofs = Map.copyOf(proofs);
    brackets = Map.copyOf(brackets);
    leftovers = Map.copyOf(leftovers);
    domains = Map.copyOf(domains);
  }

  /** No evidence. */
  public static Evidence none() {
    return NONE;
  }
}
