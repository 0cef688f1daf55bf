package io.blkwarden.controller.policy.budget;

import io.blkwarden.controller.policy.Detector;
import io.blkwarden.controller.policy.Sample;
import io.blkwarden.controller.policy.Threshold;
import java.util.Optional;
import java.util.function.LongFunction;

/** A detector of a disk's use of its budgets; mutable. */
public final class BudgetDetector implements Detector {
  private final BudgetPolicy policy;
  private Threshold when;
  private double part;
  private long heldMillis;
  private boolean breached;
  private boolean exhausted;

  public BudgetDetector(BudgetPolicy policy) {
    this.policy = policy;
    when = policy.when();
  }

  @Override
  public Change observe(Sample sample) {
    if (!(sample.feed() instanceof BudgetTable table) || sample.windowMillis() <= 0) {
      return Change.NONE;
    }
    BudgetTable.Use use = table.use(sample.row());
    part = use.part();
    when = policy.threshold(use.line());
    if (!breached) {
      if (!(part > policy.warnAt())) {
        return Change.QUIET;
      }
      breached = sample.conditionHolds();
      exhausted = part > 1;
      return breached ? Change.BREACHED : Change.NONE;
    }
    heldMillis += sample.windowMillis();
    exhausted |= part > 1;
    if (!use.over()) {
      return Change.NONE;
    }
    breached = false;
    exhausted = false;
    heldMillis = 0;
    return Change.CLEARED;
  }

  @Override
  public boolean breached() {
    return breached;
  }

  @Override
  public boolean acts() {
    return exhausted;
  }

  @Override
  public long heldMillis() {
    return heldMillis;
  }

  /** The threshold of the budget that is used most. */
  @Override
  public Threshold when() {
    return when;
  }

  /** A mean stays over its budget for longer than a sample. */
  @Override
  public boolean stillAbove(double value) {
    return true;
  }

  @Override
  public Optional<String> finding(double value, String disk, LongFunction<String> duration) {
    return Optional.of(
        "has used %.0f%% of its budget, with %s on %s on average over %s"
            .formatted(
                part * 100, when.metric().format(value), disk, duration.apply(when.forMillis())));
  }
}
