package io.blkwarden.controller.engine;

import io.blkwarden.controller.alert.AlertEvent;
import io.blkwarden.controller.alert.AlertEvent.Ending;
import io.blkwarden.controller.alert.AlertState;
import io.blkwarden.controller.fleet.HostState;
import io.blkwarden.controller.fleet.Metric;
import io.blkwarden.controller.policy.Condition;
import io.blkwarden.controller.policy.DetectorFeed;
import io.blkwarden.controller.policy.DiskPolicy;
import io.blkwarden.controller.policy.Sample;
import io.blkwarden.controller.throttle.Decision;
import io.blkwarden.model.HostId;
import io.blkwarden.model.sample.SampleFrame;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Handles samples: opens, updates and closes the evaluations of disks.
 *
 * <p>{@link #handle} computes the host's rates. {@link #measure} compares them with the thresholds
 * of all policies. {@link #observe} passes those over a threshold to a detector, whose change
 * becomes a {@link Breach} with its alert. Finally {@link Throttles} decides for each breach
 * whether its disk is throttled.
 */
record SampleHandler(EngineState engine, Throttles throttles, HostProblems problems) {
  private static final int SLOTS_OF_WINDOW = 10;

  void handle(HostId host, SampleFrame frame) {
    HostTracker tracker = engine.tracker(host);
    if (tracker == null || !problems.usable(tracker, frame.run(), null)) {
      return;
    }
    switch (tracker.state.accept(frame, engine.settings.silentIntervals())) {
      case UNKNOWN_BASE -> {
        // a batch may arrive before the snapshot of its base, and many before the first one
        if (!tracker.state.hasMap()) {
          tracker.mapRetry.expect(engine.millis());
        }
        if (++tracker.unknownBases > 1) {
          engine.requestMap(tracker);
        }
      }
      case STALE -> {}
      case BEGUN -> reported(tracker);
      case MEASURED -> {
        reported(tracker);
        measure(tracker);
      }
    }
  }

  private void reported(HostTracker tracker) {
    tracker.measureTotals();
    tracker.unknownBases = 0;
    engine.setLive(tracker, true);
    tracker.stale = false;
    if (tracker.freshness.sampled(engine.millis(), engine.gapMillis(tracker))) {
      engine.alerts.apply(tracker, new AlertEvent.SamplesBack());
    }
  }

  /** Evaluates all disks and policies; allocates nothing while no disk is over a threshold. */
  private void measure(HostTracker tracker) {
    HostState state = tracker.state;
    PolicyIndex policies = engine.policies;
    tracker.attributions.measured(tracker);
    tracker.feeds.begin(engine.millis());
    for (int row = 0; row < tracker.matched.length; row++) {
      boolean open = tracker.isOpen(row);
      for (short policy : tracker.matched[row]) {
        DetectorFeed feed = tracker.feeds.of(policy);
        double value =
            feed == null ? state.value(policies.metrics[policy], row) : feed.take(state, row);
        double above = feed == null ? policies.above[policy] : feed.above(row);
        if (open || value > above) {
          try {
            observe(tracker, row, policy, value, above);
          } catch (RuntimeException e) {
            engine.failed(tracker, "evaluating %s".formatted(state.disk(row).key().vdev()), e);
          }
        }
      }
    }
    ScopedAlert.measure(engine, tracker);
    engine.alerts.restored.measured(tracker);
    if (!tracker.evaluations.isEmpty()) {
      throttle(tracker);
    }
  }

  /** Passes the sample to the detector of an evaluation, which is opened if there is none. */
  private void observe(
      HostTracker tracker, int row, int policyIndex, double compared, double above) {
    Evaluation found = tracker.find(row, policyIndex);
    if (found == null && compared > above) {
      found = open(tracker, row, policyIndex, above);
    }
    if (found == null) {
      return;
    }
    HostState state = tracker.state;
    Metric metric = found.detector.when().metric();
    found.load(state.value(metric.ofEachDisk(), row), state.windowMillis());
    ConditionCheck onlyIf = ConditionCheck.of(found.policy.onlyIf(), state, row);
    boolean met = onlyIf == ConditionCheck.MET && found.carriesLoad();
    DetectorFeed feed = tracker.feeds.of(policyIndex);
    engine.sample.set(state, row, feed, met, engine.throttles.mayClear(tracker, metric, row));
    double value = metric.isTotal() ? Sample.comparable(state, row, metric, above) : compared;
    value = feed == null ? value : feed.recorded(row, value);
    if (!Double.isNaN(value)) {
      found.value = value;
      found.knownMillis = engine.millis();
      found.history.add(
          engine.millis(),
          state.lastWallMillis(),
          state.windowMillis(),
          value,
          state.neighbourhood(row));
    }
    switch (found.detector.observe(engine.sample)) {
      case QUIET -> quiet(found);
      case BREACHED -> breached(found);
      case CLEARED -> cleared(found);
      case NONE -> {
        if (onlyIf == ConditionCheck.UNKNOWN && found.breach == null && compared > above) {
          recordUnknownCondition(found);
        }
        unchanged(found, value);
      }
    }
  }

  private @Nullable Evaluation open(HostTracker tracker, int row, int policyIndex, double above) {
    DiskPolicy policy = engine.policies.diskPolicies.get(policyIndex);
    if (!engine.openEvaluation(tracker, policy)) {
      return null;
    }
    long slotMillis = Math.max(1, engine.settings.effectWindowMillis() / SLOTS_OF_WINDOW);
    Evaluation made = new Evaluation(tracker, policy, policyIndex, row, above, slotMillis);
    if (tracker.feeds.of(policyIndex) instanceof DetectorFeed.OfBaselines table) {
      made.origin = table.origin(engine.baselines, row);
    }
    tracker.add(made);
    return made;
  }

  /** Records, once for each evaluation, that only an unknown value prevents a breach. */
  private void recordUnknownCondition(Evaluation found) {
    Condition condition = found.policy.onlyIf();
    if (found.unknownConditionRecorded
        || condition == null
        || found.detector.heldMillis() < found.detector.when().forMillis()) {
      return;
    }
    found.unknownConditionRecorded = true;
    String reason =
        "no alert: %s is over its threshold, but only_if cannot be evaluated: %s is unknown"
            .formatted(
                found.detector.when().metric().id(),
                ConditionCheck.unknowns(condition, found.tracker.state, found.row));
    engine.record(found.decision(engine.now.wall(), Decision.Verdict.SKIP, null, reason));
  }

  private void breached(Evaluation found) {
    if (found.breach == null) {
      found.breach = engine.alerts.startBreach(found);
    } else {
      found.breach.restart();
    }
    if (found.anomalous()) {
      engine.countBreaches(found.tracker, 1);
    }
  }

  private void cleared(Evaluation found) {
    Breach breach = found.breach;
    if (breach == null || found.policy.then().life().keepFiringMillis() == 0) {
      close(found, Ending.CLEARED);
    } else {
      Throttle throttle = breach.throttle;
      breach.finishThrottle(); // first, so that this breach is not given its throttle again
      breach.apply(new AlertEvent.Cleared());
      endBreach(found, throttle, Ending.CLEARED);
      breach.apply(new AlertEvent.Refreshed());
    }
  }

  /** Closes an evaluation whose condition is not met, once its alert need not be kept. */
  private void quiet(Evaluation found) {
    Breach breach = found.breach;
    if (breach == null) {
      remove(found);
    } else if (!breach.isKept()) {
      cleared(found);
    } else {
      breach.apply(new AlertEvent.Measured(true, found.tracker.state.windowMillis()));
      if (breach.state() instanceof AlertState.Resolved) {
        remove(found);
      }
    }
  }

  /** Repeats a change that an exception prevented, or measures how long a kept alert is calm. */
  private void unchanged(Evaluation found, double value) {
    Breach breach = found.breach;
    boolean breached = found.detector.breached();
    if (breached && breach == null) {
      breached(found);
    } else if (!breached && breach != null && !breach.isKept()) {
      cleared(found);
    } else if (breach != null && breach.isKept() && value > found.detector.when().above()) {
      breach.apply(new AlertEvent.Measured(false, 0)); // restarts the calm time
    } else if (breach != null && breach.isKept() && !Double.isNaN(value)) {
      quiet(found); // some detectors look back for longer than a window
    }
  }

  /** Ends the throttle of a breach, and stops counting the breach. */
  private void endBreach(Evaluation over, Throttle throttle, Ending ending) {
    if (over.anomalous()) {
      engine.countBreaches(over.tracker, -1);
    }
    if (throttle.lease() != null && throttle.owner == over) {
      throttles.breachEnded(over, throttle, ending);
    }
  }

  /** Closes an evaluation whose condition is over, or whose disk or policy is gone. */
  void close(Evaluation over, Ending ending) {
    remove(over);
    Breach breach = over.breach;
    if (breach == null) {
      return;
    }
    if (!breach.isKept()) {
      endBreach(over, breach.throttle, ending);
    }
    breach.apply(new AlertEvent.Ended(ending));
  }

  private void remove(Evaluation over) {
    over.tracker.remove(over);
    engine.evaluationClosed();
  }

  /**
   * Decides whether the disks of the breaches are throttled: standing policies last, the largest
   * share of device time first.
   */
  private void throttle(HostTracker tracker) {
    List<Breach> breaches = new ArrayList<>(tracker.breaches());
    breaches.sort(
        Comparator.comparing((Breach each) -> each.evaluation.policy.isStanding())
            .thenComparingDouble(each -> -share(each.evaluation))
            .thenComparingInt(each -> each.evaluation.row)
            .thenComparingInt(each -> each.evaluation.policyIndex));
    for (Breach each : breaches) {
      engine.guarded(
          tracker,
          "throttling %s".formatted(each.evaluation.disk.vdev()),
          () -> {
            throttles.evaluate(each);
            each.apply(new AlertEvent.Refreshed());
          });
    }
  }

  private static double share(Evaluation each) {
    double share = each.measured(Metric.DEVICE_TIME_SHARE);
    return Double.isNaN(share) ? 0 : share;
  }
}
