package io.blkwarden.controller.recording;

import io.blkwarden.model.Require;

/**
 * When something reached the recorder.
 *
 * @param monotonicMicros the recorder's monotonic clock in µs, 0 or more: for durations, within one
 *     session only
 * @param wallMillis the recorder's wall clock in ms since 1970: for people
 */
public record ReceiveTime(long monotonicMicros, long wallMillis) {
  public ReceiveTime {
    Require.within(monotonicMicros, 0, Long.MAX_VALUE, "monotonic_us");
    Require.within(wallMillis, 0, Long.MAX_VALUE / 2, "wall_ms");
  }
}
