package io.blkwarden.controller.fleet;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.UUID;

/** Reads the output of a {@link PackedWriter} in the same order. */
final class PackedReader {
  private final byte[] bytes;
  private int at;

  PackedReader(byte[] bytes, int at) {
    this.bytes = bytes;
    this.at = at;
  }

  long number() {
    long value = 0;
    int shift = 0;
    byte next;
    do {
      next = bytes[at++];
      value |= (next & 0x7FL) << shift;
      shift += 7;
    } while (next < 0);
    return value;
  }

  /** A number that was written as an {@code int}. */
  int count() {
    return (int) number();
  }

  UUID uuid() {
    ByteBuffer uuid = ByteBuffer.wrap(bytes, at, 2 * Long.BYTES);
    at += 2 * Long.BYTES;
    return new UUID(uuid.getLong(), uuid.getLong());
  }

  String text() {
    int length = count();
    String value = new String(bytes, at, length, UTF_8);
    at += length;
    return value;
  }
}
