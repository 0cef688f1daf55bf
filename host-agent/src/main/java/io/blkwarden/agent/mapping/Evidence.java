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
 * What one resolution leaves for the next: proofs that were seen once and hold on, and what must
 * not be believed.
 *
 * <p>Immutable, and made by {@link MappingResolver} alone. It holds nothing of threads that ended
 * or of disks that were detached, reconnected or put on another device, so its size is bounded by
 * the snapshot's. A restart of the agent starts with {@link #none()}.
 */
public final class Evidence {
  /** A thread with a disk's life. */
  record Tie(WorkerId thread, Connection life) {}

  /**
   * A disk as it was seen last.
   *
   * @param life its life then, or the one before while it cannot be told; absent when it was not
   *     connected
   * @param certain whether {@code life} is what was seen then
   * @param dev its spelling
   * @param device its device, if it had one
   * @param unconnectedTicks uptime at which it was last known not to be connected: its threads are
   *     younger; absent when it was connected as long as we know it
   */
  record DiskMemory(
      @Nullable Connection life,
      boolean certain,
      @Nullable String dev,
      @Nullable DeviceNumber device,
      @Nullable Long unconnectedTicks) {}

  /** Which disks and threads a domain had. */
  record DomainSet(Set<Slot> disks, Set<Connection> lives, Set<WorkerId> threads) {}

  private static final Evidence NONE =
      new Evidence(null, Map.of(), Map.of(), Map.of(), Map.of(), Map.of(), RingWaits.none());

  /** Uptime of the snapshot, which was read before its bios were drained. */
  final @Nullable Long uptimeTicks;

  final Map<Slot, DiskMemory> disks;

  /** Counter and trace proofs. */
  final Map<Tie, Proof> proofs;

  /** Counter brackets seen once, with what the thread had read then, in bytes. */
  final Map<Tie, Long> brackets;

  /**
   * Threads that may be left over from an earlier life of some disk, with the devices of those
   * lives. Name and number prove nothing of them.
   */
  final Map<WorkerId, Set<DeviceNumber>> leftovers;

  final Map<Integer, DomainSet> domains;

  /** For which disks more rings were awaited. */
  final RingWaits waits;

  Evidence(
      @Nullable Long uptimeTicks,
      Map<Slot, DiskMemory> disks,
      Map<Tie, Proof> ties,
      Map<Tie, Long> brackets,
      Map<WorkerId, Set<DeviceNumber>> leftovers,
      Map<Integer, DomainSet> domains,
      RingWaits waits) {
    this.uptimeTicks = uptimeTicks;
    this.disks = Map.copyOf(disks);
    this.proofs = Map.copyOf(ties);
    this.brackets = Map.copyOf(brackets);
    this.leftovers = Map.copyOf(leftovers);
    this.domains = Map.copyOf(domains);
    this.waits = waits;
  }

  /** Nothing is known yet. */
  public static Evidence none() {
    return NONE;
  }
}
