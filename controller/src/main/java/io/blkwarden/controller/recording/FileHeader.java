package io.blkwarden.controller.recording;

import io.blkwarden.model.Require;
import java.util.UUID;

/**
 * The header of a recording file.
 *
 * @param session random ID of a recorder run; its files share a monotonic clock
 * @param number index of the file in its session, from 0
 * @param startedAt start time of the file
 * @param prefix subject prefix, such as {@code blkwarden.v1}: 1 to 100 characters
 */
public record FileHeader(UUID session, int number, ReceiveTime startedAt, String prefix) {
  public FileHeader {
    Require.within(number, 0, Integer.MAX_VALUE, "number");
    Require.text(prefix, 100, "prefix");
  }

  /**
   * The time at which the recorder received a message.
   *
   * @param monotonicMicros the recorder's monotonic clock in µs, 0 or more; comparable within a
   *     session
   * @param wallMillis the recorder's wall clock in ms since 1970
   */
  public record ReceiveTime(long monotonicMicros, long wallMillis) {
    public ReceiveTime {
      Require.within(monotonicMicros, 0, Long.MAX_VALUE, "monotonic_us");
      Require.within(wallMillis, 0, Long.MAX_VALUE / 2, "wall_ms");
    }
  }
}
