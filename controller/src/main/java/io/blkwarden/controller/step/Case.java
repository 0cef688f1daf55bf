package io.blkwarden.controller.step;

import io.blkwarden.controller.plan.History;
import io.blkwarden.controller.plan.ThresholdTimer;
import io.blkwarden.controller.policy.Mode;
import io.blkwarden.controller.policy.ThresholdPolicy;
import io.blkwarden.model.DiskKey;
import io.blkwarden.model.DomainRef;
import org.jspecify.annotations.Nullable;

/** A policy and a disk that is, or was lately, above its level; mutable. */
final class Case {
  final ThresholdPolicy policy;
  final DomainRef domain;
  final DiskKey disk;
  final ThresholdTimer timer;
  final History history;

  int policyIndex;
  int row;

  /** Last known value. */
  double value;

  /** Present while the condition is breached. */
  @Nullable Episode episode;

  Case(
      ThresholdPolicy policy, int policyIndex, DomainRef domain, DiskKey disk, int row, long slot) {
    this.policy = policy;
    this.policyIndex = policyIndex;
    this.domain = domain;
    this.disk = disk;
    this.row = row;
    this.timer = new ThresholdTimer(policy.when());
    this.history = new History(slot);
  }

  /** Whether the policy may throttle the disk. */
  boolean mayAct() {
    return policy.mode() == Mode.AUTO && !policy.then().ladder().isEmpty();
  }
}
