package io.blkwarden.controller.plan;

/**
 * Tells a disk that wants little from one that gets little because it is throttled.
 *
 * <p>See {@code docs/decisions/0007-clear-while-throttled.md}: a throttled disk whose requests wait
 * shows I/O in flight nearly all the time.
 */
public final class ClearRule {
  /** A throttled disk with I/O in flight for this part of the time, or more, still wants more. */
  public static final double BACKLOG_UTIL = 0.5;

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
   * Judges one window.
   *
   * @param throttled whether a throttle is held on the disk, or may be
   * @param util of the disk; {@link Double#NaN} when it is unknown
   */
  public static Verdict judge(boolean throttled, double util) {
    if (!throttled) {
      return Verdict.CLEAR;
    }
    if (Double.isNaN(util)) {
      return Verdict.UNKNOWN;
    }
    return util < BACKLOG_UTIL ? Verdict.CLEAR : Verdict.BACKLOGGED;
  }
}
