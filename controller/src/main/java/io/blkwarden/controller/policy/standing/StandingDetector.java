package io.blkwarden.controller.policy.standing;

import io.blkwarden.controller.policy.Detector;
import io.blkwarden.controller.policy.Sample;
import io.blkwarden.controller.policy.Threshold;

/** A detector that is breached from the first sample of a disk on. */
final class StandingDetector implements Detector {
  private final Threshold when;
  private boolean breached;
  private long heldMillis;

  StandingDetector(Threshold when) {
    this.when = when;
  }

  @Override
  public Change observe(Sample sample) {
    heldMillis += sample.windowMillis();
    Change change = breached ? Change.NONE : Change.BREACHED;
    breached = true;
    return change;
  }

  @Override
  public boolean breached() {
    return breached;
  }

  @Override
  public long heldMillis() {
    return heldMillis;
  }

  @Override
  public Threshold when() {
    return when;
  }

  @Override
  public boolean stillAbove(double value) {
    return true;
  }
}
