package io.blkwarden.controller.recording;

/**
 * A range of a file that does not contain valid frames.
 *
 * @param offset first byte
 * @param bytes length
 * @param torn whether it is the end of the file, as after a crash of the recorder; otherwise
 *     reading continues after it
 */
public record CorruptRange(long offset, long bytes, boolean torn) {
  @Override
  public String toString() {
    return torn
        ? "truncated: %d bytes skipped at offset %d".formatted(bytes, offset)
        : "corrupt: %d bytes skipped at offset %d, up to the next sync point"
            .formatted(bytes, offset);
  }
}
