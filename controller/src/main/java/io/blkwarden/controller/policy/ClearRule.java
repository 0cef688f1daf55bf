package io.blkwarden.controller.policy;

import io.blkwarden.model.Restraint;

/**
 * Distinguishes a throttled disk that needs little from one that gets little because it is
 * throttled.
 *
 * <p>See {@code docs/decisions/0007-clearing-a-breach-while-throttled.md}: behind a lower priority,
 * waiting requests show as I/O in flight nearly all the time. A limit on the disk's own device
 * holds them back before the kernel counts them, so there a disk near its limit counts (0017,
 * 0066).
 */
public final class ClearRule {
  /** A throttled disk with I/O in flight for this part of the time, or more, still wants more. */
  public static final double BACKLOG_UTIL = 0.5;

  /** A limited disk whose reads and writes together are this part of its limit still wants more. */
  public static final double BACKLOG_OF_LIMIT = 0.9;

  private ClearRule() {}

  /** Whether a low value may count towards clearing. */
  public enum Verdict {
    /** It may. */
    CLEAR,
    /** It may not: the disk has requests waiting behind its throttle. */
    BACKLOGGED,
    /** Not measured. */
    UNKNOWN
  }

  /**
   * Evaluates one window of a disk with a lowered priority.
   *
   * @param util of the disk; {@link Double#NaN} when it is unknown
   * @param utilAtMost the most that it can be; {@link Double#NaN} when that is unknown
   */
  public static Verdict ofUtil(double util, double utilAtMost) {
    if (utilAtMost < BACKLOG_UTIL) {
      return Verdict.CLEAR;
    }
    return util >= BACKLOG_UTIL ? Verdict.BACKLOGGED : Verdict.UNKNOWN;
  }

  /**
   * Evaluates one window of a disk with a limit.
   *
   * <p>Reads and writes have a budget each, but a guest that waits for both uses neither of them
   * up: with as many reads as writes under {@code limit 10/s} the kernel lets about 8 of each
   * through. So what counts is how much of one budget both directions use together. I/O in flight
   * for most of the window counts as for a priority, where the device shows it.
   *
   * @param limit that is set
   * @param readIops of the disk; {@link Double#NaN} when it is unknown
   * @param writeIops of the disk; {@link Double#NaN} when it is unknown
   * @param util of the disk; {@link Double#NaN} when it is unknown, and then the rates decide
   */
  public static Verdict ofLimit(
      Restraint.Limit limit, double readIops, double writeIops, double util) {
    if (Double.isNaN(readIops) || Double.isNaN(writeIops)) {
      return Verdict.UNKNOWN;
    }
    boolean nearLimit = readIops + writeIops >= BACKLOG_OF_LIMIT * limit.perSecond();
    return nearLimit || util >= BACKLOG_UTIL ? Verdict.BACKLOGGED : Verdict.CLEAR;
  }
}
