package io.blkwarden.controller.recording.files;

import io.blkwarden.model.Require;

/**
 * How large recordings may become.
 *
 * @param fileBytes a file that has grown to this is followed by a new one, 1 MiB to 1 TiB; it may
 *     pass it by one message
 * @param totalBytes the oldest recordings of the folder are deleted until all and the next file fit
 *     into this, at least twice {@code fileBytes}
 */
public record RecordingLimits(long fileBytes, long totalBytes) {
  /** Smallest file, 1 MiB. */
  public static final long FILE_MIN = 1 << 20;

  private static final long FILE_MAX = 1L << 40;

  public RecordingLimits {
    Require.within(fileBytes, FILE_MIN, FILE_MAX, "file size (bytes)");
    Require.within(totalBytes, 2 * fileBytes, Long.MAX_VALUE, "total size (bytes)");
  }
}
