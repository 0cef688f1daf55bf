package io.blkwarden.controller.engine;

import io.blkwarden.controller.policy.Detector;
import io.blkwarden.controller.policy.DiskPolicy;
import io.blkwarden.controller.policy.Mode;
import io.blkwarden.controller.policy.Threshold;
import io.blkwarden.controller.throttle.LoadHistory;
import io.blkwarden.model.DiskKey;
import io.blkwarden.model.DomainRef;
import io.blkwarden.model.MappedDisk;
import org.jspecify.annotations.Nullable;

/** A policy and a disk that is, or was lately, above its level; mutable. */
final class Evaluation {
  /** How far back the smoothed load of a disk looks. */
  static final long LOAD_MILLIS = 30_000;

  final DiskPolicy policy;
  final DomainRef domain;
  final DiskKey disk;
  final Detector detector;
  final LoadHistory history;
  final KnownWorkers servedBy;

  int policyIndex;
  int row;

  /** Last known value. */
  double value;

  /** When that was known, on the monotonic clock. */
  long knownMillis;

  /** What the disk itself adds to a total, smoothed over {@link #LOAD_MILLIS}. */
  double load;

  /** Present while the condition is breached. */
  @Nullable Breach breach;

  /** Whether it is on record that its policy's further conditions are unknown. */
  boolean gateUnknown;

  /** Where its level comes from; empty when the policy says it. */
  String origin = "";

  Evaluation(
      DiskPolicy policy,
      int policyIndex,
      MappedDisk disk,
      KnownWorkers servedBy,
      int row,
      double above,
      long slot) {
    this.policy = policy;
    this.policyIndex = policyIndex;
    this.domain = disk.domain();
    this.disk = disk.key();
    this.servedBy = servedBy;
    this.row = row;
    this.detector = policy.detector(above);
    this.history = new LoadHistory(slot);
  }

  /** Takes what the disk itself added to a total in a window; unknown changes nothing. */
  void load(double own, long windowMillis) {
    if (!Double.isNaN(own)) {
      double weight = load == 0 ? 1 : Math.min(1, (double) windowMillis / LOAD_MILLIS);
      load += (own - load) * weight;
    }
  }

  /** Whether the disk is over the policy's threshold now. */
  boolean breached() {
    return breach != null && !breach.calm && !policy.isStanding();
  }

  /** Whether the policy may throttle the disk, be it on a person's word. */
  boolean mayAct() {
    boolean acts = policy.mode() == Mode.AUTO || policy.mode() == Mode.APPROVE;
    return acts && !policy.then().ladder().isEmpty();
  }

  /** Whether the safety limits count its breach. */
  boolean anomalous() {
    return mayAct() && policy.countsAsAnomaly();
  }

  /** Whether it may make a lease its own that is there already: nobody approved that one. */
  boolean mayAdopt() {
    return policy.mode() == Mode.AUTO && mayAct();
  }

  /** Why its disk is throttled, for a command. */
  String reason() {
    if (policy.isStanding()) {
      return "policy %s: standing".formatted(policy.name());
    }
    Threshold when = detector.when();
    return "policy %s: %s is %s, above %s"
        .formatted(
            policy.name(),
            when.metric().id(),
            when.metric().format(value),
            when.metric().format(when.above()));
  }
}
