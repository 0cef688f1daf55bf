package io.blkwarden.model.sample;

import io.blkwarden.model.json.Decoded;
import java.util.UUID;

/**
 * The codec of sample batches, {@code blkwarden.sample.v1} in {@code docs/PROTOCOL.md}.
 *
 * <p>Tables and columns have length prefixes, so that readers can skip unknown ones; a missing
 * column is all zeros.
 */
public final class SampleCodec {
  /** Maximum size of a batch. */
  public static final int MAX_BYTES = 1 << 20;

  private static final int MAGIC_0 = 0xB1;
  private static final int MAGIC_1 = 0x4B;
  private static final int VERSION = 1;
  private static final int HAS_SOME = 1;
  private static final int HAS_FULL = 2;
  private static final int DISKS = 0;
  private static final int DEVICES = 1;
  private static final int MAX_TABLES = 16;
  private static final int MAX_COLUMNS = 256;

  private SampleCodec() {}

  /** Encodes a batch. */
  public static byte[] encode(SampleFrame frame) {
    WireWriter out = new WireWriter();
    out.raw(MAGIC_0);
    out.raw(MAGIC_1);
    out.raw(VERSION);
    out.fixed64(frame.run().getMostSignificantBits());
    out.fixed64(frame.run().getLeastSignificantBits());
    out.varint(frame.baseId());
    out.varint(frame.revision());
    out.varint(frame.sequence());
    out.varint(frame.monotonicMillis());
    out.varint(frame.wallMillis());
    out.varint(frame.intervalMillis());
    boolean some = frame.ioSomeMicros() != SampleFrame.UNMEASURED;
    boolean full = frame.ioFullMicros() != SampleFrame.UNMEASURED;
    out.raw((some ? HAS_SOME : 0) | (full ? HAS_FULL : 0));
    if (some) {
      out.varint(frame.ioSomeMicros());
    }
    if (full) {
      out.varint(frame.ioFullMicros());
    }
    out.varint(2);
    WireWriter scratch = new WireWriter();
    WireWriter column = new WireWriter();
    table(out, DISKS, frame.disks(), scratch, column);
    table(out, DEVICES, frame.devices(), scratch, column);
    return out.toBytes();
  }

  private static void table(
      WireWriter out, int kind, SampleTable table, WireWriter body, WireWriter column) {
    body.clear();
    int rows = table.rows();
    body.varint(rows);
    for (int first = 0; first < rows; first += 8) {
      int bits = 0;
      for (int row = first; row < Math.min(rows, first + 8); row++) {
        bits |= table.present(row) ? 1 << (row - first) : 0;
      }
      body.raw(bits);
    }
    int used = 0;
    for (SampleColumn each : SampleColumn.all()) {
      used += zero(table, each) ? 0 : 1;
    }
    body.varint(used);
    for (SampleColumn each : SampleColumn.all()) {
      if (zero(table, each)) {
        continue;
      }
      column.clear();
      column.varints(table.raw(each), table.presence(), rows);
      body.varint(each.id());
      body.varint(column.length());
      body.append(column);
    }
    out.varint(kind);
    out.varint(body.length());
    out.append(body);
  }

  private static boolean zero(SampleTable table, SampleColumn column) {
    long[] values = table.raw(column);
    for (int row = 0; row < table.rows(); row++) {
      if (values[row] != 0 && table.present(row)) {
        return false;
      }
    }
    return true;
  }

  /** Decodes a batch into a frame, which is undefined when the result is malformed. */
  public static Decoded<SampleFrame> decode(byte[] bytes, SampleFrame into) {
    if (bytes.length > MAX_BYTES) {
      return new Decoded.Malformed<>(
          Decoded.Reason.TOO_LARGE,
          0,
          "expected at most %d bytes, found %d".formatted(MAX_BYTES, bytes.length));
    }
    try {
      read(new WireReader(bytes), into);
      return new Decoded.Ok<>(into);
    } catch (WireReader.Fault fault) {
      return new Decoded.Malformed<>(fault.reason, fault.offset, fault.detail);
    }
  }

  private static void read(WireReader in, SampleFrame frame) {
    if (in.raw("magic") != MAGIC_0 || in.raw("magic") != MAGIC_1) {
      throw new WireReader.Fault(Decoded.Reason.SYNTAX, 0, "magic: expected the bytes B1 4B");
    }
    int version = in.raw("version");
    if (version != VERSION) {
      throw new WireReader.Fault(
          Decoded.Reason.UNKNOWN_SCHEMA, 2, "version: expected 1, found " + version);
    }
    frame.identify(
        new UUID(in.fixed64("run"), in.fixed64("run")),
        in.varint("base_id"),
        in.varint("revision"),
        in.varint("sequence"));
    frame.time(in.varint("monotonic_ms"), in.varint("wall_ms"), in.varint("interval_ms"));
    int flags = in.raw("flags");
    frame.pressure(
        (flags & HAS_SOME) == 0 ? SampleFrame.UNMEASURED : in.varint("io_some_us"),
        (flags & HAS_FULL) == 0 ? SampleFrame.UNMEASURED : in.varint("io_full_us"));
    frame.disks().reset(0);
    frame.devices().reset(0);
    int tables = in.varint(MAX_TABLES, "tables");
    for (int i = 0; i < tables; i++) {
      long kind = in.varint("table kind");
      int outer = in.enter(in.varint("table length"), "table");
      if (kind == DISKS) {
        readTable(in, frame.disks());
      } else if (kind == DEVICES) {
        readTable(in, frame.devices());
      }
      in.leave(outer);
    }
    if (!in.atEnd()) {
      throw WireReader.invalid(in.position(), "end: expected no more bytes");
    }
  }

  private static void readTable(WireReader in, SampleTable table) {
    int rows = in.varint(SampleTable.MAX_ROWS, "rows");
    table.reset(rows);
    for (int first = 0; first < rows; first += 8) {
      int bits = in.raw("presence");
      for (int row = first; row < Math.min(rows, first + 8); row++) {
        if ((bits & (1 << (row - first))) != 0) {
          table.markPresent(row);
        }
      }
    }
    int columns = in.varint(MAX_COLUMNS, "columns");
    for (int i = 0; i < columns; i++) {
      SampleColumn column = SampleColumn.byId(in.varint("column id"));
      int outer = in.enter(in.varint("column length"), "column");
      if (column != null) {
        readColumn(in, table, column);
      }
      in.leave(outer);
    }
  }

  private static void readColumn(WireReader in, SampleTable table, SampleColumn column) {
    in.varints(table.raw(column), table.presence(), table.rows(), column.wire());
    if (!in.atEnd()) {
      throw WireReader.invalid(
          in.position(), column.wire() + ": expected as many values as rows are present");
    }
  }
}
