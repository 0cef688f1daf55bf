package io.blkwarden.controller.recording;

/**
 * Bytes of a file that could not be read as frames.
 *
 * @param offset first of them
 * @param bytes how many
 * @param torn whether they are the file's end, as a recorder leaves it that was cut off; otherwise
 *     reading went on behind them
 */
public record CorruptRange(long offset, long bytes, boolean torn) {
  @Override
  public String toString() {
    return torn
        ? "the end is torn: %d bytes dropped from byte %d on".formatted(bytes, offset)
        : "damaged: %d bytes dropped from byte %d on, reading went on at the next sync point"
            .formatted(bytes, offset);
  }
}
