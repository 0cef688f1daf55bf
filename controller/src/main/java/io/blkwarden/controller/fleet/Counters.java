package io.blkwarden.controller.fleet;

import io.blkwarden.model.message.CounterBase;
import io.blkwarden.model.sample.SampleColumn;
import io.blkwarden.model.sample.SampleTable;
import java.util.Arrays;
import java.util.List;

/**
 * Cumulative counters of a table's rows: the base they count from, and what they were last.
 *
 * <p>Two flat arrays of {@link #COLUMNS} numbers a row. A row is unknown where the base or the last
 * batch lacked it.
 */
final class Counters {
  private static final List<SampleColumn> KEPT =
      List.of(
          SampleColumn.READ_IOS,
          SampleColumn.READ_SECTORS,
          SampleColumn.READ_MS,
          SampleColumn.WRITE_IOS,
          SampleColumn.WRITE_SECTORS,
          SampleColumn.WRITE_MS,
          SampleColumn.IO_MS);

  static final int READ_IOS = 0;
  static final int READ_SECTORS = 1;
  static final int READ_MS = 2;
  static final int WRITE_IOS = 3;
  static final int WRITE_SECTORS = 4;
  static final int WRITE_MS = 5;
  static final int IO_MS = 6;
  static final int COLUMNS = 7;

  private final long[] base;
  private final long[] last;
  private final boolean[] baseKnown;
  private final boolean[] lastKnown;

  /**
   * Takes the base over.
   *
   * @param columns names of the base's columns
   * @param rows the base's rows; an empty one is unknown
   */
  Counters(List<String> columns, List<List<Long>> rows) {
    base = new long[rows.size() * COLUMNS];
    last = new long[rows.size() * COLUMNS];
    baseKnown = new boolean[rows.size()];
    lastKnown = new boolean[rows.size()];
    int[] where = KEPT.stream().mapToInt(column -> columns.indexOf(column.wire())).toArray();
    for (int row = 0; row < rows.size(); row++) {
      List<Long> values = rows.get(row);
      baseKnown[row] = !values.isEmpty();
      for (int i = 0; i < COLUMNS; i++) {
        if (where[i] < 0) {
          baseKnown[row] = false;
        } else if (!values.isEmpty()) {
          base[row * COLUMNS + i] = values.get(where[i]);
        }
      }
    }
  }

  static Counters ofDisks(CounterBase base) {
    return new Counters(base.columns(), base.disks());
  }

  static Counters ofDevices(CounterBase base) {
    return new Counters(base.columns(), base.devices());
  }

  int rows() {
    return baseKnown.length;
  }

  /** Takes over what another table's row was last, so that a new base does not cut the window. */
  void carry(int row, Counters from, int fromRow) {
    lastKnown[row] = from.lastKnown[fromRow];
    System.arraycopy(from.last, fromRow * COLUMNS, last, row * COLUMNS, COLUMNS);
  }

  /** Forgets what the rows were last. */
  void forget() {
    Arrays.fill(lastKnown, false);
  }

  /**
   * Takes a row's counters from a batch and writes what was counted since the last one.
   *
   * @param delta filled when the result is true
   * @return whether the difference is known; not when a counter went backwards
   */
  boolean advance(SampleTable table, int row, long[] delta) {
    if (!baseKnown[row] || !table.present(row)) {
      lastKnown[row] = false;
      return false;
    }
    boolean known = lastKnown[row];
    int at = row * COLUMNS;
    for (int i = 0; i < COLUMNS; i++) {
      long now = base[at + i] + table.get(KEPT.get(i), row);
      long counted = now - last[at + i];
      known &= counted >= 0;
      delta[i] = counted;
      last[at + i] = now;
    }
    lastKnown[row] = true;
    return known;
  }
}
