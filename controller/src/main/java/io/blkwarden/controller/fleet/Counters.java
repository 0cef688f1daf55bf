package io.blkwarden.controller.fleet;

import io.blkwarden.model.sample.SampleColumn;
import io.blkwarden.model.sample.SampleTable;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/**
 * Cumulative counters of a table's rows: the base they count from, and their last values.
 *
 * <p>A flat array of {@link #COLUMNS} numbers per row: 4 bytes for the lower half of each count
 * since the base, and 4 for the sum of all upper halves, which reveals a jump beyond the lower
 * half. The base is packed, because only the next base needs it. Differences of the lower halves
 * are exact below 2^31, which no device reaches between two batches; 2^31 and more is a counter
 * that went backwards. A row is unknown if the base or the last batch lacks it, if its counters had
 * another source in the base before, and if it counted more than any device can do ({@link
 * Plausibility}); the next window starts at its counts.
 */
final class Counters {
  static final int READ_IOS = 0;
  static final int READ_SECTORS = 1;
  static final int READ_MS = 2;
  static final int WRITE_IOS = 3;
  static final int WRITE_SECTORS = 4;
  static final int WRITE_MS = 5;
  static final int IO_MS = 6;

  /** The first column that may be missing or go backwards without making the row unknown. */
  static final int REQUIRED = 7;

  static final int FLUSH_IOS = 7;
  static final int DISCARD_IOS = 8;
  static final int DISCARD_SECTORS = 9;
  static final int OUT_OF_REQUESTS = 10;
  static final int SHARED_IO_MS = 11;
  static final int COLUMNS = 12;

  /** The difference in an unknown column. */
  static final long UNKNOWN = -1;

  /** The upper halves of a row whose last batch counted from another base. */
  private static final int NOT_KNOWN = -1;

  /** Makes the difference to any small number negative. */
  private static final int BACKWARDS = Integer.MAX_VALUE;

  private static final SampleColumn[] KEPT = {
    SampleColumn.READ_IOS,
    SampleColumn.READ_SECTORS,
    SampleColumn.READ_MS,
    SampleColumn.WRITE_IOS,
    SampleColumn.WRITE_SECTORS,
    SampleColumn.WRITE_MS,
    SampleColumn.IO_MS,
    SampleColumn.FLUSH_IOS,
    SampleColumn.DISCARD_IOS,
    SampleColumn.DISCARD_SECTORS,
    SampleColumn.OUT_OF_REQUESTS,
    SampleColumn.SHARED_IO_MS
  };

  private final byte[] base;
  private final int[] last;
  private final int[] upper;
  private final boolean[] baseKnown;
  private final boolean[] lastKnown;
  private final boolean[] columnKnown = new boolean[COLUMNS];

  /** Which columns of each row are unknown, by {@link SampleColumn#bit}; one for all if equal. */
  private final short[] unknown;

  private long implausible;

  /**
   * Counters from a base.
   *
   * @param columns names of the base's columns
   * @param rows the base's rows; an empty one is unknown
   */
  Counters(List<String> columns, List<List<Long>> rows) {
    PackedWriter packed = new PackedWriter();
    last = new int[rows.size() * COLUMNS];
    upper = new int[rows.size()];
    baseKnown = new boolean[rows.size()];
    lastKnown = new boolean[rows.size()];
    boolean complete = true;
    int[] where = new int[COLUMNS];
    for (int i = 0; i < COLUMNS; i++) {
      where[i] = columns.indexOf(KEPT[i].wire());
      columnKnown[i] = where[i] >= 0;
      complete &= columnKnown[i] || i >= REQUIRED;
    }
    int whereUnknown = columns.indexOf(SampleColumn.UNKNOWN_COLUMNS.wire());
    short[] unknownColumns = new short[rows.size()];
    for (int row = 0; row < rows.size(); row++) {
      List<Long> values = rows.get(row);
      boolean known = whereUnknown >= 0 && !values.isEmpty();
      unknownColumns[row] = known ? source(values.get(whereUnknown)) : 0;
      baseKnown[row] = complete && !values.isEmpty();
      for (int i = 0; i < COLUMNS; i++) {
        packed.number(columnKnown[i] && !values.isEmpty() ? values.get(where[i]) : 0);
      }
    }
    base = packed.toBytes();
    unknown = unknownColumns;
  }

  /** The unknown columns, which identify the source of the counters. */
  private static short source(long unknownColumns) {
    return (short) (unknownColumns & ~SampleColumn.IN_FLIGHT.bit());
  }

  static boolean isSectors(int column) {
    return column == READ_SECTORS || column == WRITE_SECTORS || column == DISCARD_SECTORS;
  }

  int rows() {
    return baseKnown.length;
  }

  private long[] base() {
    PackedReader packed = new PackedReader(base, 0);
    return LongStream.generate(packed::number).limit((long) rows() * COLUMNS).toArray();
  }

  /** Copies the last values of rows of an older table. */
  final class Carrier {
    private final Counters from;
    private final long[] before;
    private final long[] now;

    Carrier(Counters from) {
      this.from = from;
      before = from.base();
      now = base();
    }

    /**
     * Copies the last values of another table's row, so that a new base does not end the window;
     * not when the new base is below the old one, because the device restarted its counters.
     */
    void carry(int row, int fromRow) {
      upper[row] = NOT_KNOWN;
      lastKnown[row] = from.lastKnown[fromRow] && unknown[row] == from.unknown[fromRow];
      for (int i = 0; i < COLUMNS; i++) {
        long was = before[fromRow * COLUMNS + i];
        long is = now[row * COLUMNS + i];
        lastKnown[row] &= is >= was || i >= REQUIRED;
        last[row * COLUMNS + i] =
            is >= was ? (int) (was + from.last[fromRow * COLUMNS + i] - is) : BACKWARDS;
      }
    }
  }

  /** Clears the last values. */
  void forget() {
    Arrays.fill(lastKnown, false);
  }

  /**
   * Reads a row's counters from a batch and computes the differences to the last one.
   *
   * @param windowMillis time since the last one
   * @param delta filled when the result is true; {@link #UNKNOWN} in a column that the row does not
   *     have, and in one beyond {@link #REQUIRED} that is missing or went backwards
   * @return whether the difference is known; not when a required counter went backwards or counted
   *     what no device can do
   */
  boolean advance(SampleTable table, int row, long windowMillis, long[] delta) {
    if (!baseKnown[row] || !table.present(row)) {
      lastKnown[row] = false;
      return false;
    }
    long mask = table.get(SampleColumn.UNKNOWN_COLUMNS, row);
    if (source(mask) != unknown[row]) { // it counts something else than its base
      lastKnown[row] = false;
      return false;
    }
    boolean before = lastKnown[row];
    boolean known = before;
    boolean plausible = true;
    int at = row * COLUMNS;
    int upperNow = 0;
    int carried = 0;
    for (int i = 0; i < COLUMNS; i++) {
      long sinceBase = table.get(KEPT[i], row);
      int now = (int) sinceBase;
      upperNow += (int) (sinceBase >>> Integer.SIZE);
      carried += Integer.compareUnsigned(now, last[at + i]) < 0 ? 1 : 0;
      int counted = now - last[at + i];
      last[at + i] = now;
      boolean has = columnKnown[i] && !KEPT[i].unknownIn(mask);
      known &= counted >= 0 || i >= REQUIRED || !has;
      plausible &= !has || counted <= Plausibility.most(i, windowMillis);
      delta[i] = counted >= 0 && has ? counted : UNKNOWN;
    }
    // a counter beyond REQUIRED that went backwards looks as if it had carried
    int jumped = upper[row] == NOT_KNOWN ? 0 : upperNow - upper[row];
    plausible &= jumped >= 0 && jumped <= carried;
    upper[row] = upperNow;
    lastKnown[row] = true;
    if (before && !plausible) {
      implausible++;
    }
    return known && plausible;
  }

  /** Windows in which a row counted more than any device can do. */
  long implausible() {
    return implausible;
  }
}
