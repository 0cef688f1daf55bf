package io.blkwarden.controller.fleet;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.UUID;

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

  void uuid(UUID value) {
    ByteBuffer uuid = ByteBuffer.allocate(2 * Long.BYTES);
    uuid.putLong(value.getMostSignificantBits()).putLong(value.getLeastSignificantBits());
    bytes.writeBytes(uuid.array());
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
