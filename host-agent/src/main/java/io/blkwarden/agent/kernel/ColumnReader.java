package io.blkwarden.agent.kernel;

import java.nio.charset.StandardCharsets;

/** A reader of whitespace-separated columns that does not allocate. */
public final class ColumnReader {
  /** Digits of the longest 64-bit integer. */
  private static final int MAX_DIGITS = 20;

  private final byte[] bytes;
  private final int end;
  private int start;
  private int stop;
  private long number;

  /** Columns of the bytes {@code from} (inclusive) to {@code to} (exclusive). */
  public ColumnReader(byte[] bytes, int from, int to) {
    this.bytes = bytes;
    this.end = to;
    this.start = from;
    this.stop = from;
  }

  /** Columns of a text; a newline is a separator. */
  public static ColumnReader of(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return new ColumnReader(bytes, 0, bytes.length);
  }

  /** The number after a key, in the first line that starts with these words. */
  static ReadResult<Long> numberIn(String text, String lineStart, String key) {
    for (String line : text.split("\n", -1)) {
      int at = line.indexOf(key);
      if (line.startsWith(lineStart) && at >= 0) {
        ColumnReader columns = of(line.substring(at + key.length()));
        return columns.nextNumber()
            ? ReadResult.present(columns.number())
            : ReadResult.malformed(lineStart + " " + key, "a number", line);
      }
    }
    return ReadResult.malformed("text", "a line '%s ... %sN'".formatted(lineStart, key), text);
  }

  /** Moves to the next column; false at the end. */
  boolean next() {
    start = stop;
    while (start < end && isBlank(bytes[start])) {
      start++;
    }
    stop = start;
    while (stop < end && !isBlank(bytes[stop])) {
      stop++;
    }
    return stop > start;
  }

  /** Skips columns; false if there were fewer. */
  public boolean skip(int count) {
    for (int i = 0; i < count; i++) {
      if (!next()) {
        return false;
      }
    }
    return true;
  }

  /**
   * Moves to the next column; whether it is a decimal number from 0 to 2^63-1, returned by {@link
   * #number()}.
   */
  public boolean nextNumber() {
    if (!next()) {
      return false;
    }
    long value = 0;
    for (int i = start; i < stop; i++) {
      int digit = bytes[i] - '0';
      if (digit < 0 || digit > 9 || value > (Long.MAX_VALUE - digit) / 10) {
        return false;
      }
      value = 10 * value + digit;
    }
    number = value;
    return true;
  }

  /**
   * Whether the column that {@link #nextNumber()} rejected is an integer below 0 or above 2^63-1.
   */
  boolean isOutOfRange() {
    int digits = start < stop && bytes[start] == '-' ? start + 1 : start;
    if (digits == stop || stop - digits > MAX_DIGITS) {
      return false;
    }
    for (int i = digits; i < stop; i++) {
      if (bytes[i] < '0' || bytes[i] > '9') {
        return false;
      }
    }
    return true;
  }

  /** The last number that {@link #nextNumber()} found. */
  public long number() {
    return number;
  }

  /** Whether the column starts with these ASCII characters. */
  boolean startsWith(String text) {
    if (stop - start < text.length()) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      if (bytes[start + i] != text.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** The column's text; empty at the end. */
  String text() {
    return new String(bytes, start, stop - start, StandardCharsets.UTF_8);
  }

  private static boolean isBlank(byte b) {
    return b == ' ' || b == '\t' || b == '\n';
  }
}
