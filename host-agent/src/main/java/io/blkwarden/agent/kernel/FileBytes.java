package io.blkwarden.agent.kernel;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A reusable buffer for a file's bytes that grows up to a limit. Not thread-safe. */
public final class FileBytes {
  /** Most kernel files are one line, and a scan reads tens of thousands of them. */
  private static final int FIRST_BYTES = 512;

  /** Reads of at most this size need no buffer of the JDK. */
  private static final int CHUNK_BYTES = 8192;

  private final int limitBytes;
  private byte[] bytes;

  /** Direct buffer for single reads; the JDK would otherwise copy through one of its own. */
  private ByteBuffer direct = ByteBuffer.allocate(0);

  private int length;

  /** An empty buffer with a limit in bytes. */
  public FileBytes(int limitBytes) {
    if (limitBytes < 1) {
      throw new IllegalArgumentException("limit: expected 1 or more bytes, found " + limitBytes);
    }
    this.limitBytes = limitBytes;
    this.bytes = new byte[Math.min(FIRST_BYTES, limitBytes)];
  }

  /** The buffer itself; only the first {@link #length()} bytes are valid. */
  public byte[] array() {
    return bytes;
  }

  /** Number of valid bytes. */
  public int length() {
    return length;
  }

  /**
   * Replaces the content with the stream's bytes.
   *
   * @return false if the limit is exceeded; the content is then undefined
   */
  public boolean fill(InputStream in) throws IOException {
    length = 0;
    while (true) {
      if (length == bytes.length) {
        if (length == limitBytes) {
          return in.read() < 0;
        }
        bytes = Arrays.copyOf(bytes, Math.min(limitBytes, Math.max(FIRST_BYTES, 2 * bytes.length)));
      }
      int count = in.read(bytes, length, Math.min(CHUNK_BYTES, bytes.length - length));
      if (count < 0) {
        return true;
      }
      length += count;
    }
  }

  /** A single read into a buffer; returns the number of bytes, below 1 for none. */
  @FunctionalInterface
  public interface OneRead {
    /** Reads. */
    int into(ByteBuffer bytes) throws IOException;
  }

  /**
   * Replaces the content with the result of one read.
   *
   * @return false if the read filled the buffer, so there may be more
   */
  public boolean fillAtOnce(OneRead source) throws IOException {
    if (direct.capacity() != bytes.length) {
      direct = ByteBuffer.allocateDirect(bytes.length);
    }
    length = Math.max(0, source.into(direct.clear()));
    direct.get(0, bytes, 0, length);
    return length < bytes.length;
  }

  /**
   * Replaces the content with a text.
   *
   * @return false, without a change, if the text exceeds the limit
   */
  public boolean set(String text) {
    byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
    if (encoded.length > limitBytes) {
      return false;
    }
    bytes = encoded;
    length = encoded.length;
    return true;
  }

  /** The bytes as text. */
  public String text() {
    return new String(bytes, 0, length, StandardCharsets.UTF_8);
  }

  /** The limit, for error messages. */
  public String limitText() {
    return "at most " + limitBytes + " bytes";
  }
}
