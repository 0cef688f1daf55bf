package io.blkwarden.agent.sampling;

import io.blkwarden.agent.kernel.DiskStat;
import io.blkwarden.model.sample.SampleColumn;
import java.util.Optional;

/** The source of one row's counters. Not thread-safe. */
interface CounterSource {
  /**
   * Reads all columns into {@code into}, indexed by column id.
   *
   * @return why the row is unknown; empty when it was read
   */
  Optional<String> read(DeviceCounters counters, long[] into);

  /** Closes open files. */
  void close();

  /** Sets a column of a row. */
  static void put(long[] into, SampleColumn column, long value) {
    into[column.id()] = value;
  }

  /** Fills all columns of a block device; columns of disks only are unchanged. */
  static void fill(DiskStat counted, long[] into) {
    put(into, SampleColumn.READ_IOS, counted.reads().ios());
    put(into, SampleColumn.READ_SECTORS, counted.reads().sectors());
    put(into, SampleColumn.READ_MS, counted.reads().millis());
    put(into, SampleColumn.WRITE_IOS, counted.writes().ios());
    put(into, SampleColumn.WRITE_SECTORS, counted.writes().sectors());
    put(into, SampleColumn.WRITE_MS, counted.writes().millis());
    Long inFlight = counted.inFlight();
    put(into, SampleColumn.IN_FLIGHT, inFlight == null ? 0 : inFlight);
    put(into, SampleColumn.UNKNOWN_COLUMNS, inFlight == null ? SampleColumn.IN_FLIGHT.bit() : 0);
    put(into, SampleColumn.IO_MS, counted.ioMillis());
    put(into, SampleColumn.QUEUE_MS, counted.queueMillis());
    put(into, SampleColumn.DISCARD_IOS, counted.discards().ios());
    put(into, SampleColumn.DISCARD_SECTORS, counted.discards().sectors());
    put(into, SampleColumn.FLUSH_IOS, counted.flushes().ios());
    put(into, SampleColumn.FLUSH_MS, counted.flushes().millis());
  }
}
