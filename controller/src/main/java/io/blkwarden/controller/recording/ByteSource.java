package io.blkwarden.controller.recording;

import java.io.IOException;

/** Bytes that can be read from any place, such as those of a file. */
public interface ByteSource {
  /** How many there are; does not change while they are read. */
  long size();

  /**
   * Reads some bytes.
   *
   * @param at first byte to read, below {@link #size()}
   * @param into where to
   * @param from first place to fill
   * @param length most bytes to read, at least 1
   * @return how many were read, at least 1
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
