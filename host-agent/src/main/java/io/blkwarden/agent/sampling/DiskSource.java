package io.blkwarden.agent.sampling;

import static io.blkwarden.agent.sampling.CounterSource.put;

import io.blkwarden.agent.backend.blkback.BackendId;
import io.blkwarden.agent.backend.blkback.BackendStatistics;
import io.blkwarden.agent.kernel.DiskStat;
import io.blkwarden.agent.kernel.KernelFiles;
import io.blkwarden.agent.kernel.KernelFiles.OpenAttribute;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.model.BackendKind;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.Volume;
import io.blkwarden.model.sample.SampleColumn;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The counters of a guest's disk: its block device's while it is the only user of that, else those
 * that blkback counts for the disk itself.
 */
final class DiskSource implements CounterSource {
  private final MappedDisk disk;
  private final @Nullable String stat;
  private final boolean shared;
  private final SoleUse use;

  /** Its own counters; absent for what is not blkback's. */
  private final @Nullable VbdCounters own;

  private final @Nullable OpenAttribute full;

  /** The device's counters when {@code oo_req} was last read, and what that said. */
  private @Nullable DiskStat fullWith;

  private long fullThen;

  /**
   * A row's sources.
   *
   * @param shared whether the map knows of other users of its device
   * @param use what is known of other users that the map does not know
   */
  DiskSource(MappedDisk disk, boolean shared, SoleUse use, KernelFiles files) {
    this.disk = disk;
    this.stat = stat(disk.volume());
    this.shared = shared;
    this.use = use;
    if (disk.disk().backend() == BackendKind.VBD) {
      BackendId id = new BackendId(BackendKind.VBD, disk.domain().domid(), disk.disk().handle());
      own = new VbdCounters(files, id);
      full = BackendStatistics.open(files, id, "oo_req");
    } else {
      own = null;
      full = null;
    }
  }

  /** A partition, md, drbd or raw disk has no dm name, and all have a number. */
  private static @Nullable String stat(Volume volume) {
    if (volume.dm() != null) {
      return "sys/block/" + volume.dm() + "/stat";
    }
    return volume.device() == null ? null : "sys/dev/block/" + volume.device() + "/stat";
  }

  @Override
  public Optional<String> read(DeviceCounters counters, long[] into) {
    if (stat == null) {
      return Optional.of("no block device yet");
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
          full == null ? 0 : outOfRequests(full, counted, counters));
      return Optional.empty();
    }
    if (own == null) {
      return Optional.of(
          "%s of %s: others use its block device %s too, and %s counts none of its own I/O"
              .formatted(
                  disk.disk().vdev(),
                  disk.domain().name(),
                  disk.volume().device(),
                  disk.disk().backend().wire()));
    }
    boolean counts = use.verdict() != SoleUse.Verdict.NOT_COUNTED;
    return own.read(counts ? counted : null, counters, into);
  }

  private boolean isAlone(DiskStat counted, DeviceCounters counters) {
    VbdCounters backend = own;
    if (backend == null) {
      return true;
    }
    if (use.due(counted)
        && backend.sectors(counters) instanceof ReadResult.Present<Long>(Long sectors)) {
      return use.judge(counted, sectors) == SoleUse.Verdict.ALONE;
    }
    return use.verdict() == SoleUse.Verdict.ALONE;
  }

  /**
   * {@code oo_req}, a file for each disk. A device that has done nothing since, and does nothing,
   * has had no requests that its backend could have had too many of; of one that is suspended they
   * are told once it goes on.
   */
  @SuppressWarnings("ReferenceEquality") // the very value that an idle device keeps
  private long outOfRequests(OpenAttribute held, DiskStat counted, DeviceCounters counters) {
    if (counted == fullWith && counted.isIdle()) {
      return fullThen;
    }
    ReadResult<Long> found = BackendStatistics.counter(held, counters.shortBuffer());
    fullWith = found.isPresent() ? counted : null;
    // A backend that is just going has no statistics; its device's counters still tell the truth.
    fullThen = found.orElse(0L);
    return fullThen;
  }

  @Override
  public void close() {
    if (full != null) {
      full.close();
    }
    if (own != null) {
      own.close();
    }
  }
}
