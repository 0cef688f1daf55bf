package io.blkwarden.agent.lease;

import io.blkwarden.model.DiskKey;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.Require;
import io.blkwarden.model.message.CommandAction;
import io.blkwarden.model.message.MappingSnapshot;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The current mapping.
 *
 * @param boot boot of the host
 * @param at run and revision of this mapping
 * @param disks all disks, at most {@link MappingSnapshot#MAX_DISKS}
 */
public record CurrentMapping(UUID boot, CommandAction.Revision at, List<MappedDisk> disks) {
  public CurrentMapping {
    disks = Require.list(disks, MappingSnapshot.MAX_DISKS, "disks");
  }

  /** The disk, or the same virtual device of another incarnation of its domain. */
  public Optional<MappedDisk> find(DiskKey key) {
    return disks.stream()
        .filter(disk -> disk.key().equals(key))
        .findFirst()
        .or(() -> disks.stream().filter(disk -> disk.key().sameVirtualDevice(key)).findFirst());
  }

  /** Another disk with one of this disk's workers, which makes both ambiguous. */
  Optional<MappedDisk> sharing(MappedDisk disk) {
    List<Integer> pids = disk.workers().stream().map(worker -> worker.pid()).toList();
    return disks.stream()
        .filter(other -> !other.equals(disk))
        .filter(other -> other.workers().stream().anyMatch(w -> pids.contains(w.pid())))
        .findFirst();
  }
}
