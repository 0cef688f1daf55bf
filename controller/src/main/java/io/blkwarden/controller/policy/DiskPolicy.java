package io.blkwarden.controller.policy;

import org.jspecify.annotations.Nullable;

/** A rule about single disks, which may be throttled for it. */
public sealed interface DiskPolicy extends Policy
    permits ThresholdPolicy, SwapPolicy, BudgetPolicy, OutlierPolicy {
  /** Which disks it is about. */
  Match match();

  /** What is measured against what; of several levels the first. */
  Threshold when();

  /** What else must hold; absent when nothing must. */
  @Nullable Condition onlyIf();

  /** Whom it may act on; absent when its condition alone decides that. */
  @Nullable AttributionClause attribution();
}
