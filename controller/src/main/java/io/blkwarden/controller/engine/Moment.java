package io.blkwarden.controller.engine;

import io.blkwarden.model.Require;
import java.time.Instant;

/**
 * When an input is handled: a clock that never steps, for durations, and the wall clock, for
 * people.
 *
 * @param monotonicMillis the controller's monotonic clock, in ms
 * @param wall the controller's wall clock
 */
public record Moment(long monotonicMillis, Instant wall) {
  public Moment {
    Require.present(wall, "wall");
  }
}
