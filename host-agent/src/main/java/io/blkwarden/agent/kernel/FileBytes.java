package io.blkwarden.agent.kernel;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A file's bytes in a buffer that is used again and again. It grows up to a limit; it is not safe
 * for use by several threads.
 */
public final class FileBytes {
  /** Most of the kernel's files are a line, and a scan reads ten thousands of them. */
  private static final int FIRST_BYTES = 512;

  /** Reads of up to so many bytes cost the JDK no buffer of its own. */
  private static final int CHUNK_BYTES = 8192;

  private final int limitBytes;
  private byte[] bytes;

  /** Where the kernel writes what is read at once: the JDK would copy it through such a one. */
  private ByteBuffer direct = ByteBuffer.allocate(0);

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

  /**
   * Takes the stream's bytes in place of those that were there.
   *
   * @return false if there are more than the limit; what is in the buffer is then of no use
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

  /** One read into a buffer: how many bytes it gave, less than 1 for none. */
  @FunctionalInterface
  public interface OneRead {
    /** Reads. */
    int into(ByteBuffer bytes) throws IOException;
  }

  /**
   * Takes what one read gives in place of the bytes that were there.
   *
   * @return false if that filled the buffer, so that there may be more
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
   * Takes a text in place of the bytes that were there.
   *
   * @return false, and nothing changed, if it has more bytes than the limit
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

  /** What is expected of a file that is to fit. */
  public String limitText() {
    return "at most " + limitBytes + " bytes";
  }
}
