package io.blkwarden.model.sample;

import io.blkwarden.model.Require;
import java.util.Arrays;

/**
 * The counters of a list of devices, one array per column; mutable and reusable.
 *
 * <p>Not thread-safe. A row that is not present was not measured: it is unknown, not zero.
 */
public final class SampleTable {
  /** Maximum number of rows, that of a snapshot's disks. */
  public static final int MAX_ROWS = 4096;

  private static final int MIN_CAPACITY = 16;

  private final long[][] columns = new long[SampleColumn.all().size()][MIN_CAPACITY];
  private boolean[] present = new boolean[MIN_CAPACITY];
  private int rows;

  /** Resets the table to {@code rows} rows, 0 to {@link #MAX_ROWS}, none of them present. */
  public void reset(int rows) {
    Require.within(rows, 0, MAX_ROWS, "rows");
    if (rows > present.length) {
      int capacity = Math.min(MAX_ROWS, Math.max(rows, present.length * 2));
      present = new boolean[capacity];
      for (int i = 0; i < columns.length; i++) {
        columns[i] = new long[capacity];
      }
    }
    this.rows = rows;
    Arrays.fill(present, 0, rows, false);
    for (long[] column : columns) {
      Arrays.fill(column, 0, rows, 0);
    }
  }

  /** Number of rows, present or not. */
  public int rows() {
    return rows;
  }

  /** Whether a row was measured. */
  public boolean present(int row) {
    return present[checked(row)];
  }

  /** Marks a row as measured. */
  public void markPresent(int row) {
    present[checked(row)] = true;
  }

  /** A value; relative to the base for a cumulative column. */
  public long get(SampleColumn column, int row) {
    return columns[column.id()][checked(row)];
  }

  /** Sets a value, 0 to 2^63-1. */
  public void set(SampleColumn column, int row, long value) {
    if (value < 0) {
      throw new IllegalArgumentException(
          "%s: expected no negative value, found %d".formatted(column.wire(), value));
    }
    columns[column.id()][checked(row)] = value;
  }

  /** The column's array, valid for {@code rows} elements. */
  long[] raw(SampleColumn column) {
    return columns[column.id()];
  }

  /** Whether rows are present, valid for {@code rows} elements. */
  boolean[] presence() {
    return present;
  }

  private int checked(int row) {
    return java.util.Objects.checkIndex(row, rows);
  }
}
