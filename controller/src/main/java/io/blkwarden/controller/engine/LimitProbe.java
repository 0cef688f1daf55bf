package io.blkwarden.controller.engine;

import io.blkwarden.controller.fleet.Metric;
import io.blkwarden.controller.fleet.MetricUnit;
import io.blkwarden.controller.policy.ClearRule;
import io.blkwarden.controller.policy.Sample;
import io.blkwarden.controller.policy.Threshold;
import io.blkwarden.controller.throttle.Decision;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.Restraint;

/**
 * Tries a wider limit where calm cannot be told: a disk that stays near its limit may want more, or
 * just that much.
 *
 * <p>The wider limit is the policy's threshold, so a storm behind it shows, and does no more harm
 * than the policy allows. A disk that is calm there is released by its policy; one that is not gets
 * its limit back, and the next try waits twice as long.
 */
final class LimitProbe {
  /** How long a disk stays near its limit before the first try. */
  static final long FIRST_MILLIS = 300_000;

  /** Longest time between two tries. */
  static final long MAX_MILLIS = 3_600_000;

  private static final int FACTOR = 4;

  private final EngineState engine;
  private final LeaseRequests leases;

  LimitProbe(EngineState engine, LeaseRequests leases) {
    this.engine = engine;
    this.leases = leases;
  }

  /** Begins or ends a try if that is due; whether a command was sent. */
  boolean drive(HostTracker tracker, Evaluation evaluation, Throttle held) {
    if (!(held.restraint instanceof Restraint.Limit limit)) {
      return false;
    }
    Threshold when = evaluation.detector.when();
    double value = Sample.comparable(tracker.state, evaluation.row, when.metric(), when.above());
    ClearRule.Verdict calm = LoadCarriers.mayClear(engine, tracker, when.metric(), evaluation.row);
    return held.narrower == null
        ? begin(tracker, evaluation, held, limit, value < when.clearBelow() && blocked(calm))
        : end(tracker, evaluation, held, value >= when.clearBelow() || blocked(calm));
  }

  private static boolean blocked(ClearRule.Verdict calm) {
    return calm == ClearRule.Verdict.BACKLOGGED;
  }

  private boolean begin(
      HostTracker tracker,
      Evaluation evaluation,
      Throttle held,
      Restraint.Limit limit,
      boolean near) {
    if (!near) {
      held.nearLimitMillis = 0;
      return false;
    }
    held.nearLimitMillis += tracker.state.windowMillis();
    Restraint.Limit wider = wider(evaluation.detector.when(), limit);
    if (held.nearLimitMillis < held.tryAfterMillis || wider.equals(limit)) {
      return false;
    }
    held.narrower = limit;
    held.nearLimitMillis = 0;
    set(
        tracker,
        evaluation,
        held,
        wider,
        Decision.Verdict.EASE,
        "whether it is over cannot be told behind %s: %s is tried".formatted(limit, wider));
    return true;
  }

  private boolean end(HostTracker tracker, Evaluation evaluation, Throttle held, boolean wants) {
    Restraint.Limit narrower = held.narrower;
    boolean settled = engine.millis() - held.appliedMillis >= engine.settings.settleMillis();
    if (narrower == null || !settled || !wants) {
      return false;
    }
    String text =
        "the disk wants more than %s allows: %s is set again".formatted(narrower, narrower);
    held.narrower = null;
    held.tryAfterMillis = Math.min(MAX_MILLIS, 2 * held.tryAfterMillis);
    set(tracker, evaluation, held, narrower, Decision.Verdict.ACT, text);
    return true;
  }

  private void set(
      HostTracker tracker,
      Evaluation evaluation,
      Throttle held,
      Restraint restraint,
      Decision.Verdict verdict,
      String reason) {
    MappedDisk disk = tracker.state.disk(evaluation.row);
    leases.set(tracker, held, disk, restraint, PendingCommand.Purpose.MOVE);
    engine.add(
        new Effect.RecordDecision(
            SampleHandler.decision(engine, tracker, evaluation, verdict, held, reason)));
  }

  private static Restraint.Limit wider(Threshold when, Restraint.Limit limit) {
    Metric metric = when.metric();
    double most =
        metric.unit() == MetricUnit.PER_SECOND ? when.above() : FACTOR * (double) limit.perSecond();
    double wider = Math.max(2.0 * limit.perSecond(), Math.ceil(most));
    return new Restraint.Limit((int) Math.min(Restraint.Limit.MAX_PER_SECOND, wider));
  }
}
