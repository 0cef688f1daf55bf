package io.blkwarden.controller.policy;

import java.util.Optional;
import java.util.function.LongFunction;

/**
 * The state of one policy's condition for one disk; mutable, owned by one thread.
 *
 * <p>Time is that of the measured windows: an unknown value stops every timer, so it neither raises
 * nor clears a breach.
 */
public abstract class Detector {
  /** What is measured against what. */
  protected Threshold when;

  /** Whether the policy is breached. */
  protected boolean breached;

  /** How long the condition has been true, in ms of measured time. */
  protected long heldMillis;

  private long belowMillis;

  /** A detector without a breach. */
  protected Detector(Threshold when) {
    this.when = when;
  }

  /** Takes the values of one window. */
  public abstract Change observe(Sample sample);

  /** Begins a breach if the condition is true. */
  protected final Change breach(boolean condition) {
    breached = condition;
    belowMillis = 0;
    return condition ? Change.BREACHED : Change.NONE;
  }

  /** Ends the breach once its value, which is known, has been low for long enough. */
  protected final Change clear(double value, ClearRule.Verdict mayClear, long windowMillis) {
    if (mayClear == ClearRule.Verdict.UNKNOWN) {
      return Change.NONE;
    }
    belowMillis = isLow(value, mayClear) ? belowMillis + windowMillis : 0;
    breached = belowMillis == 0 || belowMillis < when.clearForMillis();
    return breached ? Change.NONE : Change.CLEARED;
  }

  /** Whether a known value is low because the cause is gone. */
  protected final boolean isLow(double value, ClearRule.Verdict mayClear) {
    return value < when.clearBelow() && mayClear == ClearRule.Verdict.CLEAR;
  }

  /** Whether the policy is breached. */
  public final boolean breached() {
    return breached;
  }

  /** Whether the breach is one to act on, not only to alert on. */
  public boolean acts() {
    return true;
  }

  /** How long the condition has been true, in ms of measured time. */
  public final long heldMillis() {
    return heldMillis;
  }

  /** What is measured against what; of several thresholds the one that is exceeded most. */
  public final Threshold when() {
    return when;
  }

  /**
   * Whether the newest value still is a reason to act.
   *
   * @param value of the metric; {@link Double#NaN} when it is unknown
   */
  public boolean stillAbove(double value) {
    return value > when.above();
  }

  /**
   * What an alert says that the domain does, such as {@code has used 110% of its budget}; empty to
   * name metric and value.
   *
   * @param value the value on record
   * @param disk the disk in words
   * @param duration a time in ms in words
   */
  public Optional<String> finding(double value, String disk, LongFunction<String> duration) {
    return Optional.empty();
  }

  /** What a sample changed. */
  public enum Change {
    /** The condition was not and is not true: the detector may be discarded. */
    QUIET,
    /** Nothing of interest. */
    NONE,
    /** The policy is breached now. */
    BREACHED,
    /** The breach is over. */
    CLEARED
  }
}
