package io.blkwarden.controller.snapshot;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.annotation.JsonSerialize;

/**
 * A physical device in the last window between two samples; unknown values are absent.
 *
 * @param name such as {@code sda}
 * @param scheduler the I/O scheduler
 * @param actuator whether priorities are effective there
 * @param util share of the time in which any I/O was in flight, 0 to 1
 * @param awaitMs mean time of an I/O
 * @param inFlight I/Os in flight when the sample was taken
 * @param iops reads and writes completed a second
 */
public record DeviceSnapshot(
    String name,
    String scheduler,
    String actuator,
    @JsonSerialize(using = KnownNumbers.class) @Nullable Double util,
    @JsonSerialize(using = KnownNumbers.class) @Nullable Double awaitMs,
    @JsonSerialize(using = KnownNumbers.class) @Nullable Double inFlight,
    @JsonSerialize(using = KnownNumbers.class) @Nullable Double iops) {
  /** Utilisation times mean I/O time, in ms. */
  public @Nullable Double latencyScore() {
    return util == null || awaitMs == null ? null : KnownNumbers.of(util * awaitMs);
  }
}
