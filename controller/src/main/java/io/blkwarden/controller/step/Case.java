package io.blkwarden.controller.step;

import io.blkwarden.controller.detect.Detector;
import io.blkwarden.controller.plan.History;
import io.blkwarden.controller.policy.BudgetPolicy;
import io.blkwarden.controller.policy.DiskPolicy;
import io.blkwarden.controller.policy.Mode;
import io.blkwarden.model.DiskKey;
import io.blkwarden.model.DomainRef;
import io.blkwarden.model.MappedDisk;
import org.jspecify.annotations.Nullable;

/** A policy and a disk that is, or was lately, above its level; mutable. */
final class Case {
  /** How far back the smoothed load of a disk looks. */
  static final long LOAD_MILLIS = 30_000;

  final DiskPolicy policy;
  final DomainRef domain;
  final DiskKey disk;
  final Detector detector;
  final History history;
  final ServedBy servedBy;

  int policyIndex;
  int row;

  /** Last known value. */
  double value;

  /** When that was known, on the monotonic clock. */
  long knownMillis;

  /** What the disk itself adds to a total, smoothed over {@link #LOAD_MILLIS}. */
  double load;

  /** Present while the condition is breached. */
  @Nullable Episode episode;

  /** Whether it is on record that its policy's further conditions are unknown. */
  boolean gateUnknown;

  /** Where its level comes from; empty when the policy says it. */
  String origin = "";

  Case(
      DiskPolicy policy,
      int policyIndex,
      MappedDisk disk,
      ServedBy servedBy,
      int row,
      double above,
      long slot) {
    this.policy = policy;
    this.policyIndex = policyIndex;
    this.domain = disk.domain();
    this.disk = disk.key();
    this.servedBy = servedBy;
    this.row = row;
    this.detector = Detector.of(policy, above);
    this.history = new History(slot);
  }

  /** Takes what the disk itself added to a total in a window; unknown changes nothing. */
  void load(double own, long windowMillis) {
    if (!Double.isNaN(own)) {
      double weight = load == 0 ? 1 : Math.min(1, (double) windowMillis / LOAD_MILLIS);
      load += (own - load) * weight;
    }
  }

  /** Whether the disk is above the level just now. */
  boolean breached() {
    return episode != null && !episode.calm;
  }

  /** Whether the policy may throttle the disk, be it on a person's word. */
  boolean mayAct() {
    boolean acts = policy.mode() == Mode.AUTO || policy.mode() == Mode.APPROVE;
    return acts && !policy.then().ladder().isEmpty();
  }

  /** Whether the brakes count its breach: who uses a budget up is no sign that hosts suffer. */
  boolean anomalous() {
    return mayAct() && !(policy instanceof BudgetPolicy);
  }

  /** Whether it may make a lease its own that is there already: nobody approved that one. */
  boolean mayAdopt() {
    return policy.mode() == Mode.AUTO && mayAct();
  }
}
