package io.blkwarden.agent.sampling;

import static io.blkwarden.agent.sampling.CounterSource.put;

import io.blkwarden.agent.backend.BackendTypes;
import io.blkwarden.agent.backend.type.BackendId;
import io.blkwarden.agent.backend.type.BackendType;
import io.blkwarden.agent.kernel.DiskStat;
import io.blkwarden.agent.kernel.KernelFiles;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.model.BackendKind;
import io.blkwarden.model.DiskRef;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.Volume;
import io.blkwarden.model.sample.SampleColumn;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The counters of a guest's disk: the backend's own if they are complete, else its block device's
 * while the disk is the only user, else blkback's counters of the disk.
 */
final class DiskSource implements CounterSource {
  private final MappedDisk disk;
  private final @Nullable String stat;
  private final boolean shared;
  private final SoleUse use;

  /** The backend's own counters, if it has any. */
  private final BackendType.@Nullable Counters own;

  /** The device's counters when {@code oo_req} was last read, and its value. */
  private @Nullable DiskStat fullDevice;

  private long fullCount;

  /**
   * Creates the source of a row.
   *
   * @param shared whether the mapping has other users of its device
   * @param use tracks users that the mapping does not know
   */
  DiskSource(MappedDisk disk, boolean shared, SoleUse use, KernelFiles files) {
    this.disk = disk;
    this.stat = stat(disk.volume());
    this.shared = shared;
    this.use = use;
    DiskRef ref = disk.disk();
    BackendId id = new BackendId(ref.backend(), disk.domain().domid(), ref.handle());
    this.own = BackendTypes.of(ref.backend()).counters(files, id, disk.workers()).orElse(null);
  }

  /** Partitions, md, drbd and raw disks have no dm name but a number. */
  private static @Nullable String stat(Volume volume) {
    if (volume.dm() != null) {
      return "sys/block/" + volume.dm() + "/stat";
    }
    return volume.device() == null ? null : "sys/dev/block/" + volume.device() + "/stat";
  }

  @Override
  public Optional<String> read(DeviceCounters counters, long[] into) {
    if (own != null && own.complete()) {
      return own.read(null, counters.shortBuffer(), into);
    }
    if (stat == null || disk.disk().backend() == BackendKind.VBD3) {
      return Optional.of(
          "%s of %s: no %s yet"
              .formatted(
                  disk.disk().vdev(),
                  disk.domain().name(),
                  stat == null ? "block device" : "proven tapdisk"));
    }
    ReadResult<DiskStat> reading = counters.of(disk.volume().device(), stat);
    DiskStat counted = reading.toOptional().orElse(null);
    if (!shared && counted == null) {
      return Optional.of(reading.describe());
    }
    if (counted != null && !shared && isAlone(counted, counters)) {
      CounterSource.fill(counted, into);
      put(into, SampleColumn.SHARED_IO_MS, 0);
      put(
          into,
          SampleColumn.OUT_OF_REQUESTS,
          own == null ? 0 : outOfRequests(own, counted, counters));
      return Optional.empty();
    }
    if (own == null) {
      return Optional.of(
          "%s of %s: its block device %s has other users, and %s has no counters of its own"
              .formatted(
                  disk.disk().vdev(),
                  disk.domain().name(),
                  disk.volume().device(),
                  disk.disk().backend().wire()));
    }
    boolean counts = use.verdict() != SoleUse.Verdict.NOT_COUNTED;
    return own.read(counts ? counted : null, counters.shortBuffer(), into);
  }

  private boolean isAlone(DiskStat counted, DeviceCounters counters) {
    BackendType.Counters backend = own;
    if (backend == null) {
      return true;
    }
    if (use.due(counted)
        && backend.sectors(counters.shortBuffer())
            instanceof ReadResult.Present<Long>(Long sectors)) {
      return use.update(counted, sectors) == SoleUse.Verdict.ALONE;
    }
    return use.verdict() == SoleUse.Verdict.ALONE;
  }

  /**
   * Reads {@code oo_req} unless the device is idle and unchanged since the last reading: then it is
   * unchanged too, or is read when a suspended device resumes.
   */
  @SuppressWarnings("ReferenceEquality") // an idle device keeps its instance
  private long outOfRequests(
      BackendType.Counters backend, DiskStat counted, DeviceCounters counters) {
    if (counted == fullDevice && counted.isIdle()) {
      return fullCount;
    }
    ReadResult<Long> found = backend.outOfRequests(counters.shortBuffer());
    fullDevice = found.isPresent() ? counted : null;
    // A closing backend has no statistics; its device's counters are still valid.
    fullCount = found.orElse(0L);
    return fullCount;
  }

  @Override
  public void close() {
    if (own != null) {
      own.close();
    }
  }
}
