package io.blkwarden.agent.probe;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A file's bytes in a buffer that is used again and again. It grows up to a limit and never
 * shrinks; it is not safe for use by several threads.
 */
public final class FileBytes {
  private static final int FIRST_BYTES = 4096;

  private final int limitBytes;
  private byte[] bytes;
  private int length;

  /** An empty buffer that takes at most so many bytes. */
  public FileBytes(int limitBytes) {
    if (limitBytes < 1) {
      throw new IllegalArgumentException("limit: expected 1 or more bytes, found " + limitBytes);
    }
    this.limitBytes = limitBytes;
    this.bytes = new byte[Math.min(FIRST_BYTES, limitBytes)];
  }

  /** The bytes, of which only the first {@link #length()} belong to the file. Not a copy. */
  public byte[] array() {
    return bytes;
  }

  /** How many bytes there are. */
  public int length() {
    return length;
  }

  /** Forgets the bytes. */
  public void clear() {
    length = 0;
  }

  /** Adds the first {@code count} of these bytes; false, and unchanged, if they do not fit. */
  public boolean append(byte[] more, int count) {
    if (count > limitBytes - length) {
      return false;
    }
    if (count > bytes.length - length) {
      bytes =
          Arrays.copyOf(bytes, Math.min(limitBytes, Math.max(2 * bytes.length, length + count)));
    }
    System.arraycopy(more, 0, bytes, length, count);
    length += count;
    return true;
  }

  /** The bytes as text. */
  public String text() {
    return new String(bytes, 0, length, StandardCharsets.UTF_8);
  }

  /** What is expected of a file that is to fit. */
  public String limitText() {
    return "at most " + limitBytes + " bytes";
  }
}
