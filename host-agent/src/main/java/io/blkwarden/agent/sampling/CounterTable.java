package io.blkwarden.agent.sampling;

import io.blkwarden.model.sample.SampleColumn;
import io.blkwarden.model.sample.SampleTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;

/** The rows of one table and their base; a row without a base has never been read. */
final class CounterTable {
  private static final List<SampleColumn> ALL = SampleColumn.all();
  private static final int COLUMNS = ALL.size();

  private final List<CounterSource> sources;
  private final long[][] base;
  private final boolean[] based;
  private final long[][] now;
  private final boolean[] read;
  private final boolean[] moved;
  private final long[] completed;
  private final long[] scratch = new long[COLUMNS];
  private Optional<String> fault = Optional.empty();

  /** Reads the base of every row that can be read. */
  CounterTable(List<CounterSource> sources, DeviceCounters counters) {
    this.sources = List.copyOf(sources);
    this.base = new long[sources.size()][COLUMNS];
    this.based = new boolean[sources.size()];
    this.now = new long[sources.size()][COLUMNS];
    this.read = new boolean[sources.size()];
    this.moved = new boolean[sources.size()];
    this.completed = new long[sources.size()];
    rebase(counters);
  }

  /** Reads a new base of the same rows. */
  void rebase(DeviceCounters counters) {
    fault = Optional.empty();
    for (int row = 0; row < base.length; row++) {
      based[row] = isRead(sources.get(row).read(counters, base[row]));
      read[row] = based[row];
      System.arraycopy(base[row], 0, now[row], 0, COLUMNS);
    }
  }

  /** The base, one list per row, empty for an unreadable row. */
  List<List<Long>> base() {
    List<List<Long>> rows = new ArrayList<>(base.length);
    for (int row = 0; row < base.length; row++) {
      rows.add(based[row] ? boxed(base[row]) : List.of());
    }
    return rows;
  }

  /** The reason why a row is unknown; empty when all were read. */
  Optional<String> fault() {
    return fault;
  }

  private static List<Long> boxed(long[] row) {
    List<Long> values = new ArrayList<>(COLUMNS);
    for (SampleColumn column : ALL) {
      values.add(column == SampleColumn.IN_FLIGHT ? 0L : row[column.id()]);
    }
    return values;
  }

  /** Reads every row. */
  void read(DeviceCounters counters) {
    fault = Optional.empty();
    for (int row = 0; row < base.length; row++) {
      boolean before = read[row];
      read[row] = isRead(sources.get(row).read(counters, scratch));
      boolean comparable = before && read[row] && sameSource(now[row], scratch);
      completed[row] = comparable ? completed(now[row]) : 0;
      moved[row] = !comparable || scratch[SampleColumn.IN_FLIGHT.id()] != 0 || counted(now[row]);
      if (read[row]) {
        System.arraycopy(scratch, 0, now[row], 0, COLUMNS);
      }
    }
  }

  /** I/Os completed since the row's previous reading; 0 when counters decreased. */
  private long completed(long[] before) {
    long reads = scratch[SampleColumn.READ_IOS.id()] - before[SampleColumn.READ_IOS.id()];
    long writes = scratch[SampleColumn.WRITE_IOS.id()] - before[SampleColumn.WRITE_IOS.id()];
    return reads < 0 || writes < 0 ? 0 : reads + writes;
  }

  private boolean counted(long[] before) {
    for (SampleColumn column : ALL) {
      if (column.cumulative() && scratch[column.id()] != before[column.id()]) {
        return true;
      }
    }
    return false;
  }

  /** I/Os that each row completed between its last two readings; 0 when unknown. */
  long[] completed() {
    return completed;
  }

  /**
   * Whether any counter of each row changed between its last two readings or I/O is in flight; true
   * when unknown.
   */
  boolean[] moved() {
    return moved;
  }

  /**
   * Fills a table with the last readings relative to the base.
   *
   * @param exclude rows that are unknown although they were read
   * @return whether the base is valid: false when a counter is below it, a readable row has no
   *     base, or a row's source changed
   */
  boolean fill(SampleTable into, IntPredicate exclude) {
    into.reset(base.length);
    boolean valid = true;
    for (int row = 0; row < base.length; row++) {
      if (read[row] && (!based[row] || !continues(base[row], now[row]))) {
        valid = false;
      } else if (read[row] && !exclude.test(row)) {
        fill(into, row);
      }
    }
    return valid;
  }

  /** Whether a reading continues an earlier one: from the same source, and no counter decreased. */
  static boolean continues(long[] earlier, long[] later) {
    for (SampleColumn column : ALL) {
      if (column.cumulative() && later[column.id()] < earlier[column.id()]) {
        return false;
      }
    }
    return sameSource(earlier, later);
  }

  /** Whether two rows have the same source: the same columns are unknown in both. */
  private static boolean sameSource(long[] one, long[] other) {
    long differ = one[SampleColumn.UNKNOWN_COLUMNS.id()] ^ other[SampleColumn.UNKNOWN_COLUMNS.id()];
    return (differ & ~SampleColumn.IN_FLIGHT.bit()) == 0;
  }

  private void fill(SampleTable into, int row) {
    long[] from = base[row];
    for (SampleColumn column : ALL) {
      int id = column.id();
      into.set(column, row, column.cumulative() ? now[row][id] - from[id] : now[row][id]);
    }
    into.markPresent(row);
  }

  private boolean isRead(Optional<String> problem) {
    if (problem.isPresent()) {
      fault = problem;
    }
    return problem.isEmpty();
  }
}
