package io.blkwarden.controller.policy;

import java.util.Optional;
import java.util.function.LongFunction;

/**
 * The state of one policy's condition for one disk; mutable, owned by one thread.
 *
 * <p>Time is that of the measured windows: an unknown value stops every timer, so it neither raises
 * nor clears a breach.
 */
public interface Detector {
  /** Takes the values of one window. */
  Change observe(Sample sample);

  /** Whether the policy is breached. */
  boolean breached();

  /** Whether the breach is one to act on, not only to alert on. */
  default boolean acts() {
    return true;
  }

  /** How long the condition has been true, in ms of measured time. */
  long heldMillis();

  /** What is measured against what. */
  Threshold when();

  /**
   * Whether the newest value still is a reason to act.
   *
   * @param value of the metric; {@link Double#NaN} when it is unknown
   */
  default boolean stillAbove(double value) {
    return value > when().above();
  }

  /**
   * What an alert says that the domain does, such as {@code has used 110% of its budget}; empty to
   * say it by metric and value.
   *
   * @param value the value on record
   * @param disk the disk in words
   * @param duration a time in ms in words
   */
  default Optional<String> finding(double value, String disk, LongFunction<String> duration) {
    return Optional.empty();
  }

  /** What a sample changed. */
  enum Change {
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
