package io.blkwarden.model.sample;

import io.blkwarden.model.message.CounterBase;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The columns of a sample, mostly those of {@code /sys/block/<dev>/stat}.
 *
 * <p>A sector is always 512 bytes. The ids are part of the wire format and never change.
 */
public enum SampleColumn {
  /** Reads completed. */
  READ_IOS(0),
  /** Sectors read. */
  READ_SECTORS(1),
  /** Total time of reads in ms. */
  READ_MS(2),
  /** Writes completed. */
  WRITE_IOS(3),
  /** Sectors written. */
  WRITE_SECTORS(4),
  /** Total time of writes in ms. */
  WRITE_MS(5),
  /** I/Os in flight; a gauge. */
  IN_FLIGHT(6),
  /** Time with any I/O in flight in ms. */
  IO_MS(7),
  /** Time in flight summed over I/Os in ms. */
  QUEUE_MS(8),
  /** Discards completed (Linux 4.18 and later). */
  DISCARD_IOS(9),
  /** Sectors discarded. */
  DISCARD_SECTORS(10),
  /** Flushes completed (Linux 5.5 and later). */
  FLUSH_IOS(11),
  /** Total time of flushes in ms. */
  FLUSH_MS(12),
  /** Times that blkback had no free request ({@code statistics/oo_req}). */
  OUT_OF_REQUESTS(13),
  /**
   * The unknown columns of the row, as the sum of their {@link #bit bits}; a gauge. The values of
   * unknown columns are 0 and have no meaning.
   */
  UNKNOWN_COLUMNS(14),
  /**
   * Time with any I/O in flight on a block device that the disk shares with other users, in ms; an
   * upper bound of the disk's {@link #IO_MS}, which is then unknown.
   */
  SHARED_IO_MS(15);

  private static final List<SampleColumn> BY_ID = List.of(values());

  private final int id;
  private final String wire;

  SampleColumn(int id) {
    this.id = id;
    this.wire = name().toLowerCase(Locale.ROOT);
  }

  /** All columns in the order of their ids. */
  public static List<SampleColumn> all() {
    return BY_ID;
  }

  /** The column with an id; null if unknown. */
  static @Nullable SampleColumn byId(long id) {
    return id >= 0 && id < BY_ID.size() ? BY_ID.get((int) id) : null;
  }

  /** Number in the wire format. */
  public int id() {
    return id;
  }

  /** Name in messages, such as {@code read_ios}. */
  public String wire() {
    return wire;
  }

  /** Whether the column is a counter; false for a gauge. */
  public boolean cumulative() {
    return this != IN_FLIGHT && this != UNKNOWN_COLUMNS;
  }

  /** The column's bit in {@link #UNKNOWN_COLUMNS}. */
  public long bit() {
    return 1L << id;
  }

  /** Whether this column is unknown in a row with these {@link #UNKNOWN_COLUMNS}. */
  public boolean unknownIn(long unknownColumns) {
    return (unknownColumns & bit()) != 0;
  }

  /** The sum of the columns' bits. */
  public static long bits(SampleColumn... columns) {
    long bits = 0;
    for (SampleColumn column : columns) {
      bits |= column.bit();
    }
    return bits;
  }

  /** A base with all columns. */
  public static CounterBase base(long id, List<List<Long>> disks, List<List<Long>> devices) {
    return new CounterBase(id, all().stream().map(SampleColumn::wire).toList(), disks, devices);
  }

  /** A base of zeros, with id 1. */
  public static CounterBase zeros(int disks, int devices) {
    List<Long> row = Collections.nCopies(all().size(), 0L);
    return base(1, Collections.nCopies(disks, row), Collections.nCopies(devices, row));
  }
}
