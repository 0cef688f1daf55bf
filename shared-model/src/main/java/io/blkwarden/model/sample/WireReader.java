package io.blkwarden.model.sample;

import io.blkwarden.model.json.Decoded;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** A bounds-checked reader of the wire format; throws {@link Fault}. */
final class WireReader {
  private static final VarHandle WORD =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long TOP_BITS = 0x8080_8080_8080_8080L;

  private final byte[] bytes;
  private int position;
  private int end;

  WireReader(byte[] bytes) {
    this.bytes = bytes;
    this.end = bytes.length;
  }

  /** A malformed input; converted to {@link Decoded.Malformed}. */
  static final class Fault extends RuntimeException {
    private static final long serialVersionUID = 1;

    final Decoded.Reason reason;
    final int offset;
    final String detail;

    Fault(Decoded.Reason reason, int offset, String detail) {
      super(detail, null, false, false);
      this.reason = reason;
      this.offset = offset;
      this.detail = detail;
    }
  }

  int position() {
    return position;
  }

  boolean atEnd() {
    return position >= end;
  }

  /** Limits the reader to the next {@code length} bytes and returns the previous end. */
  int enter(long length, String what) {
    if (length > end - position) {
      throw new Fault(
          Decoded.Reason.TRUNCATED,
          end,
          "%s: expected %d bytes, found %d".formatted(what, length, end - position));
    }
    int outer = end;
    end = position + (int) length;
    return outer;
  }

  /** Skips the rest of the limited part and restores the previous end. */
  void leave(int outer) {
    position = end;
    end = outer;
  }

  int raw(String what) {
    if (position >= end) {
      throw new Fault(
          Decoded.Reason.TRUNCATED, position, what + ": expected a byte, found the end");
    }
    return bytes[position++] & 0xFF;
  }

  long fixed64(String what) {
    long value = 0;
    for (int i = 0; i < 8; i++) {
      value = (value << 8) | raw(what);
    }
    return value;
  }

  long varint(String what) {
    if (position < end && bytes[position] >= 0) {
      return bytes[position++];
    }
    int start = position;
    long value = 0;
    for (int shift = 0; shift < 63; shift += 7) {
      int b = raw(what);
      value |= (long) (b & 0x7F) << shift;
      if (b < 0x80) {
        return value;
      }
    }
    throw invalid(start, what + ": expected a number below 2^63");
  }

  /** Reads a number for each present row; this dominates the time of decoding. */
  void varints(long[] into, boolean[] present, int rows, String what) {
    byte[] from = bytes;
    int at = position;
    int lastWord = end - Long.BYTES;
    for (int row = 0; row < rows; row++) {
      if (!present[row]) {
        continue;
      }
      long word = at <= lastWord ? (long) WORD.get(from, at) : TOP_BITS;
      long stops = ~word & TOP_BITS;
      if (stops == 0) {
        position = at;
        into[row] = varint(what);
        at = position;
      } else {
        int bits = Long.numberOfTrailingZeros(stops) + 1;
        into[row] = joined(word & (-1L >>> (Long.SIZE - bits)));
        at += bits / Byte.SIZE;
      }
    }
    position = at;
  }

  /**
   * Joins the lower seven bits of each byte.
   *
   * <p>A loop over the bytes is slower, because its length is unpredictable.
   */
  private static long joined(long word) {
    long value = (word & 0x007F_007F_007F_007FL) | ((word & 0x7F00_7F00_7F00_7F00L) >>> 1);
    value = (value & 0x0000_3FFF_0000_3FFFL) | ((value & 0x3FFF_0000_3FFF_0000L) >>> 2);
    return (value & 0x0FFF_FFFFL) | ((value & 0x0FFF_FFFF_0000_0000L) >>> 4);
  }

  int varint(int max, String what) {
    int start = position;
    long value = varint(what);
    if (value > max) {
      throw invalid(start, "%s: expected at most %d, found %d".formatted(what, max, value));
    }
    return (int) value;
  }

  static Fault invalid(int offset, String detail) {
    return new Fault(Decoded.Reason.INVALID_FIELD, offset, detail);
  }
}
