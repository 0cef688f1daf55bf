package io.blkwarden.agent.sampling;

import io.blkwarden.model.sample.SampleColumn;
import java.util.Optional;

/** Where the counters of one row come from. Not safe for use by several threads. */
interface CounterSource {
  /**
   * Reads all columns into {@code into}, by their ids.
   *
   * @return why the row is unknown; empty when it was read
   */
  Optional<String> read(DeviceCounters counters, long[] into);

  /** Closes the files that are held open. */
  void close();

  /** Sets a column of a row. */
  static void put(long[] into, SampleColumn column, long value) {
    into[column.id()] = value;
  }
}
