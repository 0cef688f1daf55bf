package io.blkwarden.controller.engine;

import io.blkwarden.model.Require;
import java.time.Instant;

/**
 * The time of an input: the monotonic clock for durations, the wall clock for people.
 *
 * @param monotonicMillis the controller's monotonic clock, in ms
 * @param wall the controller's wall clock
 */
public record Moment(long monotonicMillis, Instant wall) {
  public Moment {
    Require.present(wall, "wall");
  }
}
