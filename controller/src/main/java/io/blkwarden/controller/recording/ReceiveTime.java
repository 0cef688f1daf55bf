package io.blkwarden.controller.recording;

import io.blkwarden.model.Require;

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
