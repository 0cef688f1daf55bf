package io.blkwarden.controller.engine;

import java.time.Instant;

/**
 * The time of an input: the monotonic clock for durations, the wall clock for people.
 *
 * @param monotonicMillis the controller's monotonic clock, in ms
 * @param wall the controller's wall clock
 */
public record Moment(long monotonicMillis, Instant wall) {}
