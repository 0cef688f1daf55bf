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
import io.blkwarden.controller.policy.baseline.OutlierTable;
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
    engine.alerts.restored.measured(tracker, throttles);
    if (!tracker.evaluations.isEmpty()) {
      throttle(tracker);
    }
  }

  /** Passes the sample to the detector of an evaluation, which is opened if there is none. */
  private void observe(
      HostTracker tracker, int row, int policyIndex, double compared, double above) {
    Evaluation evaluation = tracker.find(row, policyIndex);
    if (evaluation == null && compared > above) {
      evaluation = open(tracker, row, policyIndex, above);
    }
    if (evaluation == null) {
      return;
    }
    HostState state = tracker.state;
    Metric metric = evaluation.detector.when().metric();
    evaluation.load(state.value(metric.ofEachDisk(), row), state.windowMillis());
    ConditionCheck onlyIf =
        ConditionCheck.of(evaluation.policy.onlyIf(), each -> state.value(each, row));
    boolean met = onlyIf == ConditionCheck.MET && evaluation.carriesLoad();
    DetectorFeed feed = tracker.feeds.of(policyIndex);
    engine.sample.set(state, row, feed, met, engine.throttleTable.mayClear(tracker, metric, row));
    double value = metric.isTotal() ? Sample.comparable(state, row, metric, above) : compared;
    value = feed == null ? value : feed.recorded(row, value);
    if (!Double.isNaN(value)) {
      evaluation.value = value;
      evaluation.knownMillis = engine.millis();
      evaluation.history.add(
          engine.millis(),
          state.lastWallMillis(),
          state.windowMillis(),
          value,
          state.neighbourhood(row));
    }
    switch (evaluation.detector.observe(engine.sample)) {
      case QUIET -> quiet(evaluation);
      case BREACHED -> breached(evaluation);
      case CLEARED -> cleared(evaluation);
      case NONE -> {
        if (onlyIf == ConditionCheck.UNKNOWN && evaluation.breach == null && compared > above) {
          recordUnknownCondition(evaluation);
        }
        unchanged(evaluation, value);
      }
    }
  }

  private @Nullable Evaluation open(HostTracker tracker, int row, int policyIndex, double above) {
    DiskPolicy policy = engine.policies.diskPolicies.get(policyIndex);
    if (!engine.openEvaluation(tracker, policy)) {
      return null;
    }
    long slotMillis = Math.max(1, engine.settings.effectWindowMillis() / SLOTS_OF_WINDOW);
    Evaluation evaluation = new Evaluation(tracker, policy, policyIndex, row, above, slotMillis);
    if (tracker.feeds.of(policyIndex) instanceof OutlierTable table) {
      evaluation.origin = table.origin(engine.baselines, row);
    }
    tracker.add(evaluation);
    return evaluation;
  }

  /** Records, once for each evaluation, that only an unknown value prevents a breach. */
  private void recordUnknownCondition(Evaluation evaluation) {
    Condition condition = evaluation.policy.onlyIf();
    if (evaluation.unknownConditionRecorded
        || condition == null
        || evaluation.detector.heldMillis() < evaluation.detector.when().forMillis()) {
      return;
    }
    evaluation.unknownConditionRecorded = true;
    String reason =
        "no alert: %s is over its threshold, but only_if cannot be evaluated: %s is unknown"
            .formatted(
                evaluation.detector.when().metric().id(),
                ConditionCheck.unknowns(condition, evaluation.tracker.state, evaluation.row));
    engine.record(evaluation.decision(engine.now.wall(), Decision.Verdict.SKIP, null, reason));
  }

  private void breached(Evaluation evaluation) {
    if (evaluation.breach == null) {
      evaluation.breach = engine.alerts.startBreach(evaluation);
    } else {
      evaluation.breach.restart();
    }
    if (evaluation.anomalous()) {
      engine.countBreaches(evaluation.tracker, 1);
    }
  }

  private void cleared(Evaluation evaluation) {
    Breach breach = evaluation.breach;
    if (breach == null || evaluation.policy.then().life().keepFiringMillis() == 0) {
      close(evaluation, Ending.CLEARED);
    } else {
      Throttle throttle = breach.throttle;
      breach.finishThrottle(); // first, so that this breach is not given its throttle again
      breach.apply(new AlertEvent.Cleared());
      endBreach(evaluation, throttle, Ending.CLEARED);
      breach.apply(new AlertEvent.Refreshed());
    }
  }

  /** Closes an evaluation whose condition is not met, once its alert need not be kept. */
  private void quiet(Evaluation evaluation) {
    Breach breach = evaluation.breach;
    if (breach == null) {
      remove(evaluation);
    } else if (!breach.isKept()) {
      cleared(evaluation);
    } else {
      breach.apply(new AlertEvent.Measured(true, evaluation.tracker.state.windowMillis()));
      if (breach.state() instanceof AlertState.Resolved) {
        remove(evaluation);
      }
    }
  }

  /** Repeats a change that an exception prevented, or measures how long a kept alert is calm. */
  private void unchanged(Evaluation evaluation, double value) {
    Breach breach = evaluation.breach;
    boolean breached = evaluation.detector.breached();
    if (breached && breach == null) {
      breached(evaluation);
    } else if (!breached && breach != null && !breach.isKept()) {
      cleared(evaluation);
    } else if (breach != null && breach.isKept() && value > evaluation.detector.when().above()) {
      breach.apply(new AlertEvent.Measured(false, 0)); // restarts the calm time
    } else if (breach != null && breach.isKept() && !Double.isNaN(value)) {
      quiet(evaluation); // some detectors look back for longer than a window
    }
  }

  /** Ends the throttle of a breach, and stops counting the breach. */
  private void endBreach(Evaluation evaluation, Throttle throttle, Ending ending) {
    if (evaluation.anomalous()) {
      engine.countBreaches(evaluation.tracker, -1);
    }
    if (throttle.lease() != null && throttle.owner == evaluation) {
      throttles.breachEnded(evaluation, throttle, ending);
    }
  }

  /** Closes an evaluation whose condition is over, or whose disk or policy is gone. */
  void close(Evaluation evaluation, Ending ending) {
    remove(evaluation);
    Breach breach = evaluation.breach;
    if (breach == null) {
      return;
    }
    if (!breach.isKept()) {
      endBreach(evaluation, breach.throttle, ending);
    }
    breach.apply(new AlertEvent.Ended(ending));
  }

  private void remove(Evaluation evaluation) {
    evaluation.tracker.remove(evaluation);
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
