package io.blkwarden.model.sample;

import java.util.Arrays;

/** A growing buffer that writes the numbers of the sample format. */
final class WireWriter {
  private static final int MAX_VARINT = 10;

  private byte[] bytes = new byte[1024];
  private int length;

  int length() {
    return length;
  }

  void raw(int value) {
    room(1);
    bytes[length++] = (byte) value;
  }

  void fixed64(long value) {
    room(8);
    for (int shift = 56; shift >= 0; shift -= 8) {
      bytes[length++] = (byte) (value >>> shift);
    }
  }

  /** Unsigned LEB128: seven bits per byte, lowest first; the top bit marks continuation. */
  void varint(long value) {
    room(MAX_VARINT);
    put(value);
  }

  private void put(long value) {
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      bytes[length++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[length++] = (byte) rest;
  }

  /** Writes a number for each present row. */
  void varints(long[] values, boolean[] present, int rows) {
    room(rows * MAX_VARINT);
    for (int row = 0; row < rows; row++) {
      if (present[row]) {
        put(values[row]);
      }
    }
  }

  void append(WireWriter other) {
    room(other.length);
    System.arraycopy(other.bytes, 0, bytes, length, other.length);
    length += other.length;
  }

  void clear() {
    length = 0;
  }

  byte[] toBytes() {
    return Arrays.copyOf(bytes, length);
  }

  private void room(int more) {
    if (length + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
    }
  }
}
