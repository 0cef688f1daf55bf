package io.blkwarden.controller.throttle;

import io.blkwarden.model.Restraint;
import org.jspecify.annotations.Nullable;

/**
 * The trial of a wider limit. A disk that stays near its limit may want more, or just that much.
 *
 * <p>The wider limit is the policy's threshold, so a storm behind it shows, and does no more harm
 * than the policy allows. A disk that is calm there is released by its policy; one that is not gets
 * its limit back, and the next trial waits twice as long.
 *
 * @param nearMillis how long the disk has stayed near its limit
 * @param afterMillis how long it must for a trial
 * @param narrower the limit to set again when the disk wants more; absent without a trial
 */
public record LimitProbe(long nearMillis, long afterMillis, Restraint.@Nullable Limit narrower) {
  /** How long a disk stays near its limit before the first trial. */
  static final long FIRST_MILLIS = 300_000;

  /** Longest time before a trial. */
  static final long MAX_MILLIS = 3_600_000;

  private static final int FACTOR = 4;

  /** No trial yet. */
  public static final LimitProbe NONE = new LimitProbe(0, FIRST_MILLIS, null);

  /**
   * What is known of a disk behind its limit.
   *
   * @param value of the policy's metric
   * @param clearBelow of the policy's threshold
   * @param threshold I/O per s of the policy; {@link Double#NaN} when it counts something else
   * @param backlogged whether requests wait behind the limit
   * @param windowMillis time that was measured
   */
  public record Reading(
      double value, double clearBelow, double threshold, boolean backlogged, long windowMillis) {
    boolean near() {
      return value < clearBelow && backlogged;
    }

    boolean wantsMore() {
      return value >= clearBelow || backlogged;
    }
  }

  /** The same with the window counted; the time near the limit starts again if it is not near. */
  LimitProbe measured(Reading reading) {
    return new LimitProbe(
        reading.near() ? nearMillis + reading.windowMillis() : 0, afterMillis, narrower);
  }

  /** The limit to try now, after {@link #measured}; absent while none is due. */
  Restraint.@Nullable Limit due(Restraint.Limit limit, Reading reading) {
    double most =
        Double.isNaN(reading.threshold())
            ? FACTOR * (double) limit.perSecond()
            : reading.threshold();
    double wider = Math.max(2.0 * limit.perSecond(), Math.ceil(most));
    int perSecond = (int) Math.min(Restraint.Limit.MAX_PER_SECOND, wider);
    return reading.near() && nearMillis >= afterMillis && perSecond != limit.perSecond()
        ? new Restraint.Limit(perSecond)
        : null;
  }

  LimitProbe begun(Restraint.Limit from) {
    return new LimitProbe(0, afterMillis, from);
  }

  LimitProbe ended() {
    return new LimitProbe(nearMillis, Math.min(MAX_MILLIS, 2 * afterMillis), null);
  }
}
