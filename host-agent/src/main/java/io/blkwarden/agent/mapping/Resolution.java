package io.blkwarden.agent.mapping;

import io.blkwarden.model.DeviceNumber;
import io.blkwarden.model.MappedDisk;
import java.util.List;
import java.util.Set;

/**
 * What a snapshot proved.
 *
 * @param disks every disk, resolved or not, by domid and handle
 * @param next what to give to the next resolution
 * @param devicesToTrace devices of disks that only their I/O can tell apart: trace these until they are
 *     no longer named here
 */
public record Resolution(List<MappedDisk> disks, Evidence next, Set<DeviceNumber> devicesToTrace) {
  public Resolution {
    disks = List.copyOf(disks);
    devicesToTrace = Set.copyOf(devicesToTrace);
  }
}
