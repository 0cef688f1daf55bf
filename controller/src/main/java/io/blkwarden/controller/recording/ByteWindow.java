package io.blkwarden.controller.recording;

import java.io.IOException;
import java.util.Arrays;

/** A buffered window of a source, with read-ahead. */
final class ByteWindow {
  private static final int AHEAD = 256 << 10;

  private final ByteSource source;
  private byte[] bytes = new byte[AHEAD];
  private long start;
  private int length;

  ByteWindow(ByteSource source) {
    this.source = source;
  }

  long size() {
    return source.size();
  }

  /** The buffer that {@link #at} refers to. */
  byte[] array() {
    return bytes;
  }

  /**
   * The index in {@link #array()} of the {@code count} bytes at {@code offset}; -1 past the end of
   * the source.
   */
  int at(long offset, int count) throws IOException {
    if (offset < 0 || offset + count > source.size()) {
      return -1;
    }
    if (offset < start || offset + count > start + length) {
      load(offset, count);
    }
    return (int) (offset - start);
  }

  private void load(long offset, int count) throws IOException {
    int kept = 0;
    if (offset >= start && offset < start + length) {
      int from = (int) (offset - start);
      kept = length - from;
      System.arraycopy(bytes, from, bytes, 0, kept);
    }
    if (bytes.length < count) {
      bytes = Arrays.copyOf(bytes, Math.max(count, bytes.length * 2));
    }
    start = offset;
    length = kept;
    while (length < count || (length < bytes.length && length < AHEAD)) {
      long next = start + length;
      if (next >= source.size()) {
        return;
      }
      int most = (int) Math.min(bytes.length - length, source.size() - next);
      length += source.read(next, bytes, length, most);
    }
  }
}
