package io.blkwarden.agent.sample;

import io.blkwarden.agent.probe.BackendId;
import io.blkwarden.agent.probe.BackendStatistics;
import io.blkwarden.agent.probe.DiskStat;
import io.blkwarden.agent.probe.FileBytes;
import io.blkwarden.agent.probe.KernelFiles;
import io.blkwarden.agent.probe.Reading;
import io.blkwarden.model.BackendKind;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.PhysicalDevice;
import io.blkwarden.model.sample.SampleColumn;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where the counters of one row come from: the block device's {@code stat}, and for a guest's disk
 * blkback's {@code oo_req}.
 *
 * @param device kernel name such as {@code dm-20}; absent when the disk has no device yet
 * @param backend the disk's backend; absent for a physical device and for what is not blkback's
 */
record CounterSource(@Nullable String device, @Nullable BackendId backend) {
  static CounterSource of(MappedDisk disk) {
    boolean blkback = disk.disk().backend() == BackendKind.VBD;
    return new CounterSource(
        disk.volume().dm(),
        blkback
            ? new BackendId(BackendKind.VBD, disk.domain().domid(), disk.disk().handle())
            : null);
  }

  static CounterSource of(PhysicalDevice device) {
    return new CounterSource(device.name(), null);
  }

  /**
   * Reads all columns into {@code into}, by their ids.
   *
   * @return why the row is unknown; empty when it was read
   */
  Optional<String> read(KernelFiles files, FileBytes buffer, long[] into) {
    if (device == null) {
      return Optional.of("no block device yet");
    }
    Reading<DiskStat> reading = DiskStat.read(files, device, buffer);
    if (!(reading instanceof Reading.Present<DiskStat>(DiskStat stat))) {
      return Optional.of(reading.describe());
    }
    put(into, SampleColumn.READ_IOS, stat.reads().ios());
    put(into, SampleColumn.READ_SECTORS, stat.reads().sectors());
    put(into, SampleColumn.READ_MS, stat.reads().millis());
    put(into, SampleColumn.WRITE_IOS, stat.writes().ios());
    put(into, SampleColumn.WRITE_SECTORS, stat.writes().sectors());
    put(into, SampleColumn.WRITE_MS, stat.writes().millis());
    put(into, SampleColumn.IN_FLIGHT, stat.inFlight());
    put(into, SampleColumn.IO_MS, stat.ioMillis());
    put(into, SampleColumn.QUEUE_MS, stat.queueMillis());
    DiskStat.Transfers discards = stat.discards();
    put(into, SampleColumn.DISCARD_IOS, discards == null ? 0 : discards.ios());
    put(into, SampleColumn.DISCARD_SECTORS, discards == null ? 0 : discards.sectors());
    DiskStat.Flushes flushes = stat.flushes();
    put(into, SampleColumn.FLUSH_IOS, flushes == null ? 0 : flushes.ios());
    put(into, SampleColumn.FLUSH_MS, flushes == null ? 0 : flushes.millis());
    // A backend that is just going has no statistics; its device's counters still tell the truth.
    long full = backend == null ? 0 : BackendStatistics.outOfRequests(files, backend).orElse(0L);
    put(into, SampleColumn.OUT_OF_REQUESTS, full);
    return Optional.empty();
  }

  private static void put(long[] into, SampleColumn column, long value) {
    into[column.id()] = value;
  }
}
