package io.blkwarden.agent.backend.type;

import io.blkwarden.agent.kernel.DiskStat;
import io.blkwarden.agent.kernel.FileBytes;
import io.blkwarden.agent.kernel.KernelFiles;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.model.DeviceNumber;
import io.blkwarden.model.UnresolvedReason;
import io.blkwarden.model.Worker;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A type of disk backend: how its disks are recognized, mapped and sampled.
 *
 * <p>The defaults describe a type whose workers cannot be proven: its disks are published and
 * sampled by their block device, and never throttled.
 */
public interface BackendType {
  /** Why disks of this type are never resolved; empty if their workers can be proven. */
  default Optional<UnresolvedReason> unsupported() {
    return Optional.of(UnresolvedReason.UNSUPPORTED_BACKEND);
  }

  /** The device that the kernel's driver has opened for a disk; absent if it has no driver. */
  default ReadResult<DeviceNumber> kernelDevice(KernelFiles files, BackendId id) {
    return ReadResult.absent(id.directory());
  }

  /**
   * The block device that the publishable part of {@code params} names, below {@code /dev/}; used
   * when xenstore and the kernel name none.
   */
  default Optional<String> namedDevice(String params) {
    return BackendParams.device(params);
  }

  /**
   * The backend's own counters of a disk; empty if it has none.
   *
   * @param workers the disk's proven workers
   */
  default Optional<Counters> counters(KernelFiles files, BackendId id, List<Worker> workers) {
    return Optional.empty();
  }

  /** A backend's counters of one disk, independent of other users of its block device. */
  interface Counters {
    /** Whether they include times and requests in flight, so that no device's are needed. */
    default boolean complete() {
      return false;
    }

    /** Sum of sectors read and written. */
    ReadResult<Long> sectors(FileBytes buffer);

    /** Number of times that the backend ran out of requests. */
    ReadResult<Long> outOfRequests(FileBytes buffer);

    /**
     * Reads a row of a sample.
     *
     * @param device the counters of its shared block device; absent when the kernel does not count
     *     it
     * @return why the row is unknown; empty when it was read
     */
    Optional<String> read(@Nullable DiskStat device, FileBytes buffer, long[] into);

    /** Closes open files. */
    void close();
  }
}
