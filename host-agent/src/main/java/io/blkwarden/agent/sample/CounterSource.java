package io.blkwarden.agent.sample;

import io.blkwarden.agent.probe.BackendId;
import io.blkwarden.agent.probe.BackendStatistics;
import io.blkwarden.agent.probe.DiskStat;
import io.blkwarden.agent.probe.HeldValue;
import io.blkwarden.agent.probe.KernelFiles;
import io.blkwarden.agent.probe.Reading;
import io.blkwarden.model.BackendKind;
import io.blkwarden.model.DeviceNumber;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.PhysicalDevice;
import io.blkwarden.model.Volume;
import io.blkwarden.model.sample.SampleColumn;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where the counters of one row come from: the block device's, and for a guest's disk blkback's
 * {@code oo_req}. Not safe for use by several threads.
 */
final class CounterSource {
  private final @Nullable DeviceNumber number;
  private final @Nullable String stat;
  private final @Nullable HeldValue full;

  /** The device's counters when {@code oo_req} was last read, and what that said. */
  private @Nullable DiskStat fullWith;

  private long fullThen;

  /**
   * A row's sources.
   *
   * @param number the device's, by which all are read at once; absent when it is not known
   * @param stat the device's file, by its kernel name, or by its number where that alone is known;
   *     absent when the disk has no device yet
   * @param full the disk's {@code oo_req}; absent for a physical device and for what is not
   *     blkback's
   */
  private CounterSource(
      @Nullable DeviceNumber number, @Nullable String stat, @Nullable HeldValue full) {
    this.number = number;
    this.stat = stat;
    this.full = full;
  }

  static CounterSource of(MappedDisk disk, KernelFiles files) {
    boolean blkback = disk.disk().backend() == BackendKind.VBD;
    return new CounterSource(
        disk.volume().device(),
        stat(disk.volume()),
        blkback
            ? BackendStatistics.holdOutOfRequests(
                files, new BackendId(BackendKind.VBD, disk.domain().domid(), disk.disk().handle()))
            : null);
  }

  static CounterSource of(PhysicalDevice device) {
    return new CounterSource(device.device(), "sys/block/" + device.name() + "/stat", null);
  }

  /** A partition, md, drbd or raw disk has no dm name, and all have a number. */
  private static @Nullable String stat(Volume volume) {
    if (volume.dm() != null) {
      return "sys/block/" + volume.dm() + "/stat";
    }
    return volume.device() == null ? null : "sys/dev/block/" + volume.device() + "/stat";
  }

  /**
   * Reads all columns into {@code into}, by their ids.
   *
   * @return why the row is unknown; empty when it was read
   */
  Optional<String> read(DeviceCounters counters, long[] into) {
    if (stat == null) {
      return Optional.of("no block device yet");
    }
    Reading<DiskStat> reading = counters.of(number, stat);
    if (!(reading instanceof Reading.Present<DiskStat>(DiskStat counted))) {
      return Optional.of(reading.describe());
    }
    put(into, SampleColumn.READ_IOS, counted.reads().ios());
    put(into, SampleColumn.READ_SECTORS, counted.reads().sectors());
    put(into, SampleColumn.READ_MS, counted.reads().millis());
    put(into, SampleColumn.WRITE_IOS, counted.writes().ios());
    put(into, SampleColumn.WRITE_SECTORS, counted.writes().sectors());
    put(into, SampleColumn.WRITE_MS, counted.writes().millis());
    put(into, SampleColumn.IN_FLIGHT, counted.inFlight());
    put(into, SampleColumn.IO_MS, counted.ioMillis());
    put(into, SampleColumn.QUEUE_MS, counted.queueMillis());
    DiskStat.Transfers discards = counted.discards();
    put(into, SampleColumn.DISCARD_IOS, discards == null ? 0 : discards.ios());
    put(into, SampleColumn.DISCARD_SECTORS, discards == null ? 0 : discards.sectors());
    DiskStat.Flushes flushes = counted.flushes();
    put(into, SampleColumn.FLUSH_IOS, flushes == null ? 0 : flushes.ios());
    put(into, SampleColumn.FLUSH_MS, flushes == null ? 0 : flushes.millis());
    put(
        into,
        SampleColumn.OUT_OF_REQUESTS,
        full == null ? 0 : outOfRequests(full, counted, counters));
    return Optional.empty();
  }

  /**
   * {@code oo_req}, a file for each disk. A device that has done nothing since, and does nothing,
   * has had no requests that its backend could have had too many of; of one that is suspended they
   * are told once it goes on.
   */
  @SuppressWarnings("ReferenceEquality") // the very value that an idle device keeps
  private long outOfRequests(HeldValue held, DiskStat counted, DeviceCounters counters) {
    if (counted == fullWith && counted.inFlight() == 0) {
      return fullThen;
    }
    Reading<Long> found = BackendStatistics.outOfRequests(held, counters.shortBuffer());
    fullWith = found.isPresent() ? counted : null;
    // A backend that is just going has no statistics; its device's counters still tell the truth.
    fullThen = found.orElse(0L);
    return fullThen;
  }

  /** Lets go of the file that is held. */
  void close() {
    if (full != null) {
      full.close();
    }
  }

  private static void put(long[] into, SampleColumn column, long value) {
    into[column.id()] = value;
  }
}
