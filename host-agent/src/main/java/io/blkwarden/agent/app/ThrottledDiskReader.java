package io.blkwarden.agent.app;

import io.blkwarden.agent.kernel.DiskStat;
import io.blkwarden.agent.kernel.FileBytes;
import io.blkwarden.agent.kernel.KernelFiles;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.lease.StarvationGuard.DiskProgress;
import io.blkwarden.agent.xenstore.XenStore;
import io.blkwarden.model.DeviceNumber;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.PhysicalDevice;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Reads a throttled disk's counters, its devices' {@code prio_aging_expire}, and whether its guest
 * is shutting down: {@code control/shutdown} is set, or the backend is in state 5 (Closing).
 */
final class ThrottledDiskReader {
  /** Default of the kernel, also used if the scheduler has no such setting. */
  static final long AGING_MILLIS = 10_000;

  private static final long AGING_MILLIS_MAX = 3_600_000;
  private static final String CLOSING = "5";

  private final KernelFiles files;
  private final XenStore store;
  private final FileBytes buffer = new FileBytes(4096);

  ThrottledDiskReader(KernelFiles files, XenStore store) {
    this.files = files;
    this.store = store;
  }

  /** The state of a disk; empty when unreadable. */
  Optional<DiskProgress> read(MappedDisk disk) {
    DeviceNumber device = disk.volume().device();
    if (device == null) {
      return Optional.empty();
    }
    return DiskStat.read(files, "sys/dev/block/" + device + "/stat", buffer)
        .toOptional()
        .map(stat ->
            new DiskProgress(
                completed(stat),
                Objects.requireNonNullElse(stat.inFlight(), 0L),
                aging(disk),
                shuttingDown(disk)));
  }

  /** I/Os in flight; unknown counts as 0, because it does not prove starvation. */
  private static long completed(DiskStat stat) {
    return stat.reads().ios() + stat.writes().ios() + stat.discards().ios() + stat.flushes().ios();
  }

  private long aging(MappedDisk disk) {
    return disk.physical().stream().mapToLong(this::aging).max().orElse(AGING_MILLIS);
  }

  private long aging(PhysicalDevice device) {
    return files
        .read("sys/block/" + device.name() + "/queue/iosched/prio_aging_expire")
        .map(String::strip)
        .toOptional()
        .filter(text -> text.matches("[0-9]{1,9}"))
        .map(text -> Math.min(AGING_MILLIS_MAX, Long.parseLong(text)))
        .orElse(AGING_MILLIS);
  }

  private boolean shuttingDown(MappedDisk disk) {
    int domid = disk.domain().domid();
    List<ReadResult<String>> read =
        store.readAll(
            List.of(
                "/local/domain/" + domid + "/control/shutdown",
                "/local/domain/0/backend/vbd/%d/%d/state".formatted(domid, disk.disk().handle())));
    boolean requested = !read.get(0).orElse("").isBlank();
    return requested || read.get(1).orElse("").strip().equals(CLOSING);
  }
}
