package io.blkwarden.controller.step;

import io.blkwarden.controller.detect.Sample;
import io.blkwarden.controller.fleet.Metric;
import io.blkwarden.controller.fleet.MetricUnit;
import io.blkwarden.controller.plan.ClearRule;
import io.blkwarden.controller.plan.Decision;
import io.blkwarden.controller.policy.Threshold;
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
final class WiderLimit {
  /** How long a disk stays near its limit before the first try. */
  static final long FIRST_MILLIS = 300_000;

  /** Longest time between two tries. */
  static final long MAX_MILLIS = 3_600_000;

  private static final int FACTOR = 4;

  private final World world;
  private final Leases leases;

  WiderLimit(World world, Leases leases) {
    this.world = world;
    this.leases = leases;
  }

  /** Begins or ends a try if that is due; whether a command was sent. */
  boolean drive(HostWatch watch, Case about, Throttle held) {
    if (!(held.restraint instanceof Restraint.Limit limit)) {
      return false;
    }
    Threshold when = about.detector.when();
    double value = Sample.comparable(watch.state, about.row, when.metric(), when.above());
    ClearRule.Verdict calm = Carriers.mayClear(world, watch, when.metric(), about.row);
    return held.narrower == null
        ? begin(watch, about, held, limit, value < when.clearBelow() && blocked(calm))
        : end(watch, about, held, value >= when.clearBelow() || blocked(calm));
  }

  private static boolean blocked(ClearRule.Verdict calm) {
    return calm == ClearRule.Verdict.BACKLOGGED;
  }

  private boolean begin(
      HostWatch watch, Case about, Throttle held, Restraint.Limit limit, boolean near) {
    if (!near) {
      held.nearLimitMillis = 0;
      return false;
    }
    held.nearLimitMillis += watch.state.windowMillis();
    Restraint.Limit wider = wider(about.detector.when(), limit);
    if (held.nearLimitMillis < held.tryAfterMillis || wider.equals(limit)) {
      return false;
    }
    held.narrower = limit;
    held.nearLimitMillis = 0;
    set(
        watch,
        about,
        held,
        wider,
        Decision.Verdict.EASE,
        "whether it is over cannot be told behind %s: %s is tried".formatted(limit, wider));
    return true;
  }

  private boolean end(HostWatch watch, Case about, Throttle held, boolean wants) {
    Restraint.Limit narrower = held.narrower;
    boolean settled = world.millis() - held.appliedMillis >= world.settings.settleMillis();
    if (narrower == null || !settled || !wants) {
      return false;
    }
    String text =
        "the disk wants more than %s allows: %s is set again".formatted(narrower, narrower);
    held.narrower = null;
    held.tryAfterMillis = Math.min(MAX_MILLIS, 2 * held.tryAfterMillis);
    set(watch, about, held, narrower, Decision.Verdict.ACT, text);
    return true;
  }

  private void set(
      HostWatch watch,
      Case about,
      Throttle held,
      Restraint restraint,
      Decision.Verdict verdict,
      String reason) {
    MappedDisk disk = watch.state.disk(about.row);
    leases.set(watch, held, disk, restraint, Pending.Purpose.MOVE);
    world.add(new Effect.Note(Sampling.decision(world, watch, about, verdict, held, reason)));
  }

  private static Restraint.Limit wider(Threshold when, Restraint.Limit limit) {
    Metric metric = when.metric();
    double most =
        metric.unit() == MetricUnit.PER_SECOND ? when.above() : FACTOR * (double) limit.perSecond();
    double wider = Math.max(2.0 * limit.perSecond(), Math.ceil(most));
    return new Restraint.Limit((int) Math.min(Restraint.Limit.MAX_PER_SECOND, wider));
  }
}
