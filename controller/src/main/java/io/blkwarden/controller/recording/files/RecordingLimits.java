package io.blkwarden.controller.recording.files;

import io.blkwarden.model.Require;

/**
 * The size limits of recordings.
 *
 * @param fileBytes size at which a new file is started, 1 MiB to 1 TiB; exceeded by at most one
 *     message
 * @param totalBytes maximum total size, including the next file, at least twice {@code fileBytes};
 *     the oldest recordings are deleted
 */
public record RecordingLimits(long fileBytes, long totalBytes) {
  /** Minimum file size, 1 MiB. */
  public static final long FILE_MIN = 1 << 20;

  private static final long FILE_MAX = 1L << 40;

  public RecordingLimits {
    Require.within(fileBytes, FILE_MIN, FILE_MAX, "file size (bytes)");
    Require.within(totalBytes, 2 * fileBytes, Long.MAX_VALUE, "total size (bytes)");
  }
}
