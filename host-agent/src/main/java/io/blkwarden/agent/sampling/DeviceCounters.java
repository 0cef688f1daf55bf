package io.blkwarden.agent.sampling;

import io.blkwarden.agent.kernel.DiskStat;
import io.blkwarden.agent.kernel.DiskStats;
import io.blkwarden.agent.kernel.FileBytes;
import io.blkwarden.agent.kernel.KernelFiles;
import io.blkwarden.agent.kernel.NvmePath;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.model.DeviceNumber;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The counters of all block devices, read at once from {@code /proc/diskstats}, so that all rows
 * are of one moment.
 *
 * <p>A device with a missing or malformed line is read from its own {@code stat}, as are all when
 * the file is unreadable. Not thread-safe.
 */
final class DeviceCounters {
  private static final int STAT_LIMIT_BYTES = 4_096;

  private final KernelFiles files;
  private final DiskStats all = new DiskStats();
  private final FileBytes one = new FileBytes(STAT_LIMIT_BYTES);

  DeviceCounters(KernelFiles files) {
    this.files = files;
  }

  /** Reads the file; {@link #of} reads missing devices from their own files. */
  void read() {
    ReadResult<Integer> _ = all.read(files);
  }

  /**
   * A device's counters at the last {@link #read}; the same instance while unchanged.
   *
   * @param number device number; absent when only the name is known
   * @param stat path of the device's {@code stat}
   */
  ReadResult<DiskStat> of(@Nullable DeviceNumber number, String stat) {
    DiskStat found = number == null ? null : all.of(number.major(), number.minor());
    return found == null ? DiskStat.read(files, stat, one) : ReadResult.present(found);
  }

  /** The names of an NVMe device's paths; empty for other devices. */
  List<String> pathsOf(String device) {
    return NvmePath.of(files, device, all);
  }

  /** A path's counters, as {@link #of}. */
  ReadResult<DiskStat> ofPath(String name) {
    DiskStat found = all.ofPath(name);
    return found == null
        ? DiskStat.read(files, "sys/block/" + name + "/stat", one)
        : ReadResult.present(found);
  }

  /** A buffer for one line, valid until the next call. */
  FileBytes shortBuffer() {
    return one;
  }
}
