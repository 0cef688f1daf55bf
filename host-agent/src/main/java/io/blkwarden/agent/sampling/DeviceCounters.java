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
 * All block devices' counters, read at once from {@code /proc/diskstats}: a host with a thousand
 * disks costs one file in place of a thousand, and all rows are of one moment.
 *
 * <p>A device that is not in it, or whose line is odd, is read from its own {@code stat}, and so
 * are all when the file cannot be read. Not safe for use by several threads.
 */
final class DeviceCounters {
  private static final int STAT_LIMIT_BYTES = 4_096;

  private final KernelFiles files;
  private final DiskStats all = new DiskStats();
  private final FileBytes one = new FileBytes(STAT_LIMIT_BYTES);

  DeviceCounters(KernelFiles files) {
    this.files = files;
  }

  /** Reads them all anew; what cannot be read is looked for elsewhere by {@link #of}. */
  void read() {
    ReadResult<DiskStats.Found> _ = all.read(files);
  }

  /**
   * A device's counters as they were at the last {@link #read}; the very same value as before when
   * they have not changed.
   *
   * @param number the device's; absent when only its name is known
   * @param stat where else they stand
   */
  ReadResult<DiskStat> of(@Nullable DeviceNumber number, String stat) {
    DiskStat found = number == null ? null : all.of(number.major(), number.minor());
    return found == null ? DiskStat.read(files, stat, one) : ReadResult.present(found);
  }

  /** The names of the paths of an NVMe device; empty for others. */
  List<String> pathsOf(String device) {
    return NvmePath.of(files, device, all);
  }

  /** A path's counters, by its name, as {@link #of}. */
  ReadResult<DiskStat> ofPath(String name) {
    DiskStat found = all.ofPath(name);
    return found == null
        ? DiskStat.read(files, "sys/block/" + name + "/stat", one)
        : ReadResult.present(found);
  }

  /** A buffer for a line, to be used before the next call. */
  FileBytes shortBuffer() {
    return one;
  }
}
