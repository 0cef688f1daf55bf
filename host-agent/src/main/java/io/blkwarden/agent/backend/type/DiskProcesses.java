package io.blkwarden.agent.backend.type;

import io.blkwarden.model.BackendKind;
import io.blkwarden.model.DeviceNumber;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The processes of a host that serve guest disks.
 *
 * @param all those whose open files could be read
 * @param majors major numbers of the block devices behind which a process does the I/O; blkback's
 *     threads on such a device only pass requests on
 * @param fault why the open files of a process could not be read; empty when all were
 */
public record DiskProcesses(List<DiskProcess> all, Set<Integer> majors, Optional<String> fault) {
  /** No processes, as on a host with blkback only. */
  public static final DiskProcesses NONE = new DiskProcesses(List.of(), Set.of(), Optional.empty());

  public DiskProcesses {
    all = List.copyOf(all);
    majors = Set.copyOf(majors);
  }

  /**
   * Whether a process does a disk's I/O, rather than threads of the kernel.
   *
   * @param device the block device that blkback has opened, if any
   */
  public boolean serves(BackendKind kind, @Nullable DeviceNumber device) {
    return switch (kind) {
      case VBD3 -> true;
      case VBD -> device != null && majors.contains(device.major());
      case QDISK, TAP -> false;
    };
  }

  /** The processes that are proven to serve a disk; exactly one unless something is wrong. */
  public List<DiskProcess> of(BackendId id, @Nullable DeviceNumber device) {
    return serves(id.kind(), device)
        ? all.stream().filter(process -> process.serves(id, device)).toList()
        : List.of();
  }
}
