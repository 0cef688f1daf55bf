package io.blkwarden.agent.sample;

import io.blkwarden.model.sample.SampleColumn;
import io.blkwarden.model.sample.SampleTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The rows of one table with what they count from; a row without a base has never been read. */
final class CounterTable {
  private static final int COLUMNS = SampleColumn.all().size();

  private final List<CounterSource> sources;
  private final long[][] base;
  private final boolean[] based;
  private final long[] now = new long[COLUMNS];
  private Optional<String> fault = Optional.empty();

  /** Reads the base of every row that can be read. */
  CounterTable(List<CounterSource> sources, DeviceCounters counters) {
    this.sources = List.copyOf(sources);
    this.base = new long[sources.size()][COLUMNS];
    this.based = new boolean[sources.size()];
    readBase(counters);
  }

  /** Reads the base of the same rows anew. */
  void rebase(DeviceCounters counters) {
    fault = Optional.empty();
    readBase(counters);
  }

  private void readBase(DeviceCounters counters) {
    for (int row = 0; row < base.length; row++) {
      based[row] = noted(sources.get(row).read(counters, base[row]));
    }
  }

  /** The base, a row each; an empty one for a row that could not be read. */
  List<List<Long>> base() {
    List<List<Long>> rows = new ArrayList<>(base.length);
    for (int row = 0; row < base.length; row++) {
      rows.add(based[row] ? boxed(base[row]) : List.of());
    }
    return rows;
  }

  /** The last reason why a row was unknown; empty when all were read. */
  Optional<String> fault() {
    return fault;
  }

  /** Lets go of the files that are held. */
  void close() {
    sources.forEach(CounterSource::close);
  }

  private static List<Long> boxed(long[] row) {
    List<Long> values = new ArrayList<>(COLUMNS);
    for (SampleColumn column : SampleColumn.all()) {
      values.add(column.cumulative() ? row[column.id()] : 0L);
    }
    return values;
  }

  /**
   * Reads every row and counts since the base.
   *
   * @return whether the base still serves: false when a counter lies below it, or a row can be read
   *     that has none
   */
  boolean sample(DeviceCounters counters, SampleTable into) {
    into.reset(base.length);
    fault = Optional.empty();
    boolean serves = true;
    for (int row = 0; row < base.length; row++) {
      if (!noted(sources.get(row).read(counters, now))) {
        continue;
      }
      if (!based[row] || !count(base[row], row, into)) {
        serves = false;
      }
    }
    return serves;
  }

  private boolean count(long[] from, int row, SampleTable into) {
    for (SampleColumn column : SampleColumn.all()) {
      int id = column.id();
      if (column.cumulative() && now[id] < from[id]) {
        return false;
      }
    }
    for (SampleColumn column : SampleColumn.all()) {
      int id = column.id();
      into.set(column, row, column.cumulative() ? now[id] - from[id] : now[id]);
    }
    into.markPresent(row);
    return true;
  }

  private boolean noted(Optional<String> problem) {
    if (problem.isPresent()) {
      fault = problem;
    }
    return problem.isEmpty();
  }
}
