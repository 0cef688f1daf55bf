package io.blkwarden.controller.detect;

import io.blkwarden.controller.policy.BudgetPolicy;
import io.blkwarden.controller.policy.Threshold;

/** Whether a disk used so much of its budgets that it is warned, or held back; mutable. */
public final class BudgetDetector implements Detector {
  private final BudgetPolicy policy;
  private Threshold when;
  private double part;
  private long heldMillis;
  private boolean breached;
  private boolean usedUp;

  BudgetDetector(BudgetPolicy policy) {
    this.policy = policy;
    when = policy.when();
  }

  @Override
  public Change observe(Sample sample) {
    BudgetTable.Standing standing = sample.standing();
    if (standing == null || sample.windowMillis() <= 0) {
      return Change.NONE;
    }
    part = standing.part();
    when = policy.threshold(standing.line());
    if (!breached) {
      if (!(part > policy.warnAt())) {
        return Change.QUIET;
      }
      breached = sample.gateHolds();
      usedUp = part > 1;
      return breached ? Change.BREACHED : Change.NONE;
    }
    heldMillis += sample.windowMillis();
    usedUp |= part > 1;
    if (!standing.over()) {
      return Change.NONE;
    }
    breached = false;
    usedUp = false;
    heldMillis = 0;
    return Change.CLEARED;
  }

  @Override
  public boolean breached() {
    return breached;
  }

  @Override
  public boolean acts() {
    return usedUp;
  }

  @Override
  public long heldMillis() {
    return heldMillis;
  }

  /** The budget that most was used of, as a level. */
  @Override
  public Threshold when() {
    return when;
  }

  /** How much of it is used; above 1 when it is used up. */
  public double part() {
    return part;
  }
}
