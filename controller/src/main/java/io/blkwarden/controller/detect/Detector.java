package io.blkwarden.controller.detect;

import io.blkwarden.controller.policy.BudgetPolicy;
import io.blkwarden.controller.policy.DiskPolicy;
import io.blkwarden.controller.policy.OutlierPolicy;
import io.blkwarden.controller.policy.SwapPolicy;
import io.blkwarden.controller.policy.Threshold;
import io.blkwarden.controller.policy.ThresholdPolicy;

/**
 * Whether one policy's condition holds for one disk; mutable, owned by one thread.
 *
 * <p>Time is that of the windows measured, so what was not measured neither raises nor clears: an
 * unknown value holds every timer where it is.
 */
public sealed interface Detector
    permits ThresholdTimer, WindowCounter, SwapDetector, BudgetDetector {
  /** Takes the values of one window. */
  Change observe(Sample sample);

  /** Whether the condition has held long enough and is not over. */
  boolean breached();

  /** Whether the breach is one to act on, and not only to tell of. */
  default boolean acts() {
    return true;
  }

  /** How long it has held, in ms of measured time. */
  long heldMillis();

  /** What is measured against what. */
  Threshold when();

  /** What a sample changed. */
  enum Change {
    /** Never above, and not now either: the detector may be thrown away. */
    QUIET,
    /** Nothing that anyone need know. */
    NONE,
    /** The condition has held long enough. */
    BREACHED,
    /** It has been over for long enough. */
    CLEARED
  }

  /**
   * A detector that has seen nothing.
   *
   * @param policy whose condition
   * @param above the level that applies, where the policy does not fix it
   */
  static Detector of(DiskPolicy policy, double above) {
    return switch (policy) {
      case ThresholdPolicy threshold -> of(threshold.when());
      case OutlierPolicy outlier -> of(outlier.threshold(above));
      case BudgetPolicy budget -> new BudgetDetector(budget);
      case SwapPolicy swap -> new SwapDetector(swap.when());
    };
  }

  private static Detector of(Threshold when) {
    Threshold.Windows windows = when.windows();
    return windows == null ? new ThresholdTimer(when) : new WindowCounter(when, windows);
  }
}
