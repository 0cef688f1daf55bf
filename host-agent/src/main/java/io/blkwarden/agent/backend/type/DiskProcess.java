package io.blkwarden.agent.backend.type;

import io.blkwarden.model.BackendKind;
import io.blkwarden.model.DeviceNumber;
import io.blkwarden.model.Worker;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A process that serves guest disks, with the disks that its open files prove.
 *
 * @param workers its threads, the main thread first; each may do I/O of each disk
 * @param rings disks whose rings it has open
 * @param devices block devices that it serves, such as a {@code tapdev}
 * @param image the one image that it has open: a file, or a block device below {@code /dev}; absent
 *     while it has none or several
 */
public record DiskProcess(
    List<Worker> workers, Set<Ring> rings, Set<DeviceNumber> devices, @Nullable String image) {
  /**
   * A ring.
   *
   * @param domid domain number of the disk
   * @param handle virtual device number of the disk
   */
  public record Ring(int domid, int handle) {}

  public DiskProcess {
    workers = List.copyOf(workers);
    rings = Set.copyOf(rings);
    devices = Set.copyOf(devices);
  }

  /** Whether it serves a disk: by its ring, or by the device that blkback has opened for it. */
  public boolean serves(BackendId id, @Nullable DeviceNumber device) {
    return id.kind() == BackendKind.VBD
        ? device != null && devices.contains(device)
        : rings.contains(new Ring(id.domid(), id.handle()));
  }
}
