package io.blkwarden.agent.backend.blkback;

import io.blkwarden.agent.backend.type.BackendId;
import io.blkwarden.agent.backend.type.BackendType;
import io.blkwarden.agent.kernel.DiskStat;
import io.blkwarden.agent.kernel.FileBytes;
import io.blkwarden.agent.kernel.KernelFiles;
import io.blkwarden.agent.kernel.KernelFiles.OpenAttribute;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.model.sample.SampleColumn;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * blkback's counters of one disk, independent of other users of its block device: requests,
 * sectors, flushes and discards, but no times and no requests in flight.
 *
 * <p>Each counter is a file, which stays open once it is read often. Not thread-safe.
 */
final class BlkbackCounters implements BackendType.Counters {
  /** Columns that blkback does not count. */
  private static final long UNKNOWN =
      SampleColumn.bits(
          SampleColumn.READ_MS,
          SampleColumn.WRITE_MS,
          SampleColumn.IN_FLIGHT,
          SampleColumn.IO_MS,
          SampleColumn.QUEUE_MS,
          SampleColumn.DISCARD_SECTORS,
          SampleColumn.FLUSH_MS);

  private static final File[] FILES = File.values();
  private static final int OPEN_AFTER = 4;

  private final KernelFiles files;
  private final BackendId id;
  private final Map<File, OpenAttribute> open = new EnumMap<>(File.class);
  private final long[] row = new long[SampleColumn.all().size()];
  private int sectorReadings;

  /** The device's counters when the row was last read. */
  private @Nullable DiskStat lastDevice;

  /** A counter file; optional ones are missing on some kernels. */
  private enum File {
    RD_REQ(SampleColumn.READ_IOS, true),
    RD_SECT(SampleColumn.READ_SECTORS, true),
    WR_REQ(SampleColumn.WRITE_IOS, true),
    WR_SECT(SampleColumn.WRITE_SECTORS, true),
    F_REQ(SampleColumn.FLUSH_IOS, false),
    DS_REQ(SampleColumn.DISCARD_IOS, false),
    OO_REQ(SampleColumn.OUT_OF_REQUESTS, false);

    final SampleColumn column;
    final boolean required;

    File(SampleColumn column, boolean required) {
      this.column = column;
      this.required = required;
    }

    String path() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  BlkbackCounters(KernelFiles files, BackendId id) {
    this.files = files;
    this.id = id;
  }

  @Override
  public ReadResult<Long> sectors(FileBytes buffer) {
    if (!open.containsKey(File.RD_SECT) && ++sectorReadings < OPEN_AFTER) {
      return BlkbackStatistics.read(files, id, false)
          .map(counted -> counted.readSectors() + counted.writeSectors());
    }
    return counter(File.RD_SECT, buffer)
        .flatMap(read -> counter(File.WR_SECT, buffer).map(written -> read + written));
  }

  @Override
  public ReadResult<Long> outOfRequests(FileBytes buffer) {
    return counter(File.OO_REQ, buffer);
  }

  private ReadResult<Long> counter(File file, FileBytes buffer) {
    OpenAttribute attribute =
        open.computeIfAbsent(file, each -> files.open(BlkbackStatistics.path(id, each.path())));
    return BlkbackStatistics.counter(attribute, buffer);
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // an idle device keeps its instance
  public Optional<String> read(@Nullable DiskStat device, FileBytes buffer, long[] into) {
    boolean idle =
        device != null && device == lastDevice && device.isIdle() && device.everCounted();
    if (!idle) {
      Optional<String> fault = readFiles(buffer);
      if (fault.isPresent()) {
        lastDevice = null;
        return fault;
      }
      lastDevice = device;
      if (device == null) {
        row[SampleColumn.UNKNOWN_COLUMNS.id()] |= SampleColumn.SHARED_IO_MS.bit();
      } else {
        row[SampleColumn.SHARED_IO_MS.id()] = device.ioMillis();
      }
    }
    System.arraycopy(row, 0, into, 0, row.length);
    return Optional.empty();
  }

  private Optional<String> readFiles(FileBytes buffer) {
    Arrays.fill(row, 0);
    long unknown = UNKNOWN;
    for (File file : FILES) {
      ReadResult<Long> found = counter(file, buffer);
      if (found instanceof ReadResult.Present<Long>(Long value)) {
        row[file.column.id()] = value;
      } else if (file.required) {
        return Optional.of(id.busId() + "/statistics/" + file.path() + ": " + found.describe());
      } else {
        unknown |= file.column.bit();
      }
    }
    row[SampleColumn.UNKNOWN_COLUMNS.id()] = unknown;
    return Optional.empty();
  }

  @Override
  public void close() {
    open.values().forEach(OpenAttribute::close);
    open.clear();
  }
}
