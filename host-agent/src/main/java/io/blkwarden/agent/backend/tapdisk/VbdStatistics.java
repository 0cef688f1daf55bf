package io.blkwarden.agent.backend.tapdisk;

import io.blkwarden.agent.backend.type.BackendId;
import io.blkwarden.agent.backend.type.BackendType;
import io.blkwarden.agent.backend.type.DiskProcess.Ring;
import io.blkwarden.agent.kernel.DiskStat;
import io.blkwarden.agent.kernel.FileBytes;
import io.blkwarden.agent.kernel.KernelFiles;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.kernel.TaskStat;
import io.blkwarden.model.WorkerId;
import io.blkwarden.model.sample.SampleColumn;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A tapdisk's counters of one ring: requests, sectors, times and requests in flight.
 *
 * <p>Source: the shared memory {@code /dev/shm/td3-PID/vbd-DOMID-DEVID}, whose layout is {@code
 * drivers/tapdisk-metrics-stats.h} of blktap 3.37 to 4.0: two 32-bit numbers, then 64-bit ones in
 * native (little-endian) order. It remains when its tapdisk is killed, so each reading checks that
 * the process exists. The counters start at 0 with each connection.
 */
final class VbdStatistics implements BackendType.Counters {
  private static final long UNKNOWN =
      SampleColumn.bits(
          SampleColumn.IO_MS,
          SampleColumn.QUEUE_MS,
          SampleColumn.DISCARD_IOS,
          SampleColumn.DISCARD_SECTORS,
          SampleColumn.FLUSH_IOS,
          SampleColumn.FLUSH_MS,
          SampleColumn.OUT_OF_REQUESTS,
          SampleColumn.SHARED_IO_MS);
  private static final int VERSION = 1;
  private static final int LENGTH = 96;
  private static final int READS_SUBMITTED = 16;
  private static final int READS_COMPLETED = 24;
  private static final int READ_SECTORS = 32;
  private static final int READ_MICROS = 40;
  private static final int WRITES_SUBMITTED = 48;
  private static final int WRITES_COMPLETED = 56;
  private static final int WRITE_SECTORS = 64;
  private static final int WRITE_MICROS = 72;
  private static final int MICROS_PER_MILLI = 1_000;

  private final KernelFiles files;
  private final WorkerId process;
  private final String path;

  VbdStatistics(KernelFiles files, BackendId id, WorkerId process) {
    this.files = files;
    this.process = process;
    this.path = path(process.pid(), new Ring(id.domid(), id.handle()));
  }

  /** The file of a ring, below the root. */
  static String path(int pid, Ring ring) {
    return "dev/shm/td3-%d/vbd-%d-%d".formatted(pid, ring.domid(), ring.handle());
  }

  @Override
  public boolean complete() {
    return true;
  }

  @Override
  public ReadResult<Long> sectors(FileBytes buffer) {
    return counters(buffer)
        .map(counted -> counted.getLong(READ_SECTORS) + counted.getLong(WRITE_SECTORS));
  }

  @Override
  public ReadResult<Long> outOfRequests(FileBytes buffer) {
    return ReadResult.absent(path);
  }

  @Override
  public Optional<String> read(@Nullable DiskStat device, FileBytes buffer, long[] into) {
    ReadResult<ByteBuffer> reading = counters(buffer);
    if (!(reading instanceof ReadResult.Present<ByteBuffer>(ByteBuffer counted))) {
      return Optional.of(path + ": " + reading.describe());
    }
    Arrays.fill(into, 0);
    long reads = counted.getLong(READS_COMPLETED);
    long writes = counted.getLong(WRITES_COMPLETED);
    into[SampleColumn.READ_IOS.id()] = reads;
    into[SampleColumn.READ_SECTORS.id()] = counted.getLong(READ_SECTORS);
    into[SampleColumn.READ_MS.id()] = counted.getLong(READ_MICROS) / MICROS_PER_MILLI;
    into[SampleColumn.WRITE_IOS.id()] = writes;
    into[SampleColumn.WRITE_SECTORS.id()] = counted.getLong(WRITE_SECTORS);
    into[SampleColumn.WRITE_MS.id()] = counted.getLong(WRITE_MICROS) / MICROS_PER_MILLI;
    into[SampleColumn.IN_FLIGHT.id()] =
        Math.max(
            0,
            counted.getLong(READS_SUBMITTED) - reads + counted.getLong(WRITES_SUBMITTED) - writes);
    into[SampleColumn.UNKNOWN_COLUMNS.id()] = UNKNOWN;
    return Optional.empty();
  }

  /** The counters, if the process exists. */
  private ReadResult<ByteBuffer> counters(FileBytes buffer) {
    return TaskStat.read(files, process.pid())
        .flatMap(task ->
            task.id().equals(process)
                ? files.read(path, buffer).flatMap(this::parse)
                : ReadResult.absent("tapdisk " + process.pid()));
  }

  private ReadResult<ByteBuffer> parse(FileBytes bytes) {
    if (bytes.length() < LENGTH) {
      return ReadResult.malformed(path, LENGTH + " bytes", bytes.length() + " bytes");
    }
    ByteBuffer counted = ByteBuffer.wrap(bytes.array(), 0, LENGTH).order(ByteOrder.LITTLE_ENDIAN);
    return counted.getInt(0) == VERSION
        ? ReadResult.present(counted)
        : ReadResult.malformed(path, "version " + VERSION, "version " + counted.getInt(0));
  }

  @Override
  public void close() {}
}
