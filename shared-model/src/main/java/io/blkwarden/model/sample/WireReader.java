package io.blkwarden.model.sample;

import io.blkwarden.model.json.Decoded;

/** A cursor over bytes that never reads beyond its end; a fault is thrown as {@link Fault}. */
final class WireReader {
  private final byte[] bytes;
  private int position;
  private int end;

  WireReader(byte[] bytes) {
    this.bytes = bytes;
    this.end = bytes.length;
  }

  /** Leaves this package only as {@link Decoded.Malformed}. */
  static final class Fault extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final Decoded.Reason reason;
    private final int offset;

    Fault(Decoded.Reason reason, int offset, String detail) {
      super(detail, null, false, false);
      this.reason = reason;
      this.offset = offset;
    }

    Decoded.Reason reason() {
      return reason;
    }

    int offset() {
      return offset;
    }

    String detail() {
      String message = getMessage();
      return message == null ? "" : message;
    }
  }

  int position() {
    return position;
  }

  int end() {
    return end;
  }

  boolean atEnd() {
    return position >= end;
  }

  /** Narrows the cursor to the next {@code length} bytes and returns the end from before. */
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

  /** Skips what is left of the narrowed part and widens again. */
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
