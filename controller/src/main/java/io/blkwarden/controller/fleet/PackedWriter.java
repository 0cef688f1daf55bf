package io.blkwarden.controller.fleet;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;

/** Writes numbers and texts in few bytes, for {@link PackedReader}. */
final class PackedWriter {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  int length() {
    return bytes.size();
  }

  /** Unsigned LEB128: small numbers take a byte, negative ones ten. */
  void number(long value) {
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      bytes.write((int) (rest & 0x7F) | 0x80);
      rest >>>= 7;
    }
    bytes.write((int) rest);
  }

  /** Eight bytes, for large numbers. */
  void fixed(long value) {
    for (int shift = Long.SIZE - Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
      bytes.write((int) (value >>> shift));
    }
  }

  void text(String value) {
    byte[] encoded = value.getBytes(UTF_8);
    number(encoded.length);
    bytes.writeBytes(encoded);
  }

  byte[] toBytes() {
    return bytes.toByteArray();
  }
}
