package io.blkwarden.controller.recording;

import java.io.IOException;

/** Bytes with random access, such as a file. */
public interface ByteSource {
  /** Number of bytes; constant. */
  long size();

  /**
   * Reads bytes.
   *
   * @param at offset of the first byte, below {@link #size()}
   * @param into destination
   * @param from start in the destination
   * @param length maximum number of bytes, at least 1
   * @return number of bytes read, at least 1
   * @throws IOException if they cannot be read
   */
  int read(long at, byte[] into, int from, int length) throws IOException;

  /** Bytes in memory. */
  static ByteSource of(byte[] bytes) {
    return new ByteSource() {
      @Override
      public long size() {
        return bytes.length;
      }

      @Override
      public int read(long at, byte[] into, int from, int length) {
        int count = Math.min(length, bytes.length - (int) at);
        System.arraycopy(bytes, (int) at, into, from, count);
        return count;
      }
    };
  }
}
