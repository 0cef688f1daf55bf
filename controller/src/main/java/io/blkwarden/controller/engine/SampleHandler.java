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
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.sample.SampleFrame;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Handles samples: opens, feeds and closes the evaluations of each disk and policy. */
final class SampleHandler {
  private static final int SLOTS_OF_WINDOW = 10;

  private final EngineState engine;
  private final ThrottlePlanner planner;
  private final BaselineLearner outliers;
  private final DuplicateHosts duplicates;
  private final ScopedAlerts scoped;
  private final Sample sample = new Sample();

  SampleHandler(
      EngineState engine,
      ThrottlePlanner planner,
      BaselineLearner outliers,
      DuplicateHosts duplicates,
      ScopedAlerts scoped) {
    this.engine = engine;
    this.planner = planner;
    this.outliers = outliers;
    this.duplicates = duplicates;
    this.scoped = scoped;
  }

  void take(HostId host, SampleFrame frame) {
    HostTracker tracker = engine.tracker(host);
    if (tracker == null || !duplicates.usable(tracker, frame.run(), null)) {
      return;
    }
    switch (tracker.state.accept(frame, engine.settings.silentIntervals())) {
      case UNKNOWN_BASE -> {
        // a batch may arrive before the snapshot of its base, and many before the first one
        if (!tracker.state.map().present()) {
          tracker.mapRetry.expect(engine.millis());
        }
        if (++tracker.unknownBases > 1) {
          engine.requestMap(tracker);
        }
      }
      case STALE -> {}
      case BEGUN -> heard(tracker);
      case MEASURED -> {
        heard(tracker);
        measure(tracker);
      }
    }
  }

  private void heard(HostTracker tracker) {
    tracker.total();
    tracker.unknownBases = 0;
    tracker.lastSampleMillis = engine.millis();
    engine.live(tracker, true);
    tracker.silent = false;
    if (tracker.freshness.sampled(engine.millis(), engine.gapMillis(tracker))) {
      engine.alerts.apply(tracker, new AlertEvent.SamplesBack());
    }
  }

  /** The loop over disks and policies: it allocates nothing while no disk is over a threshold. */
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
    scoped.measure(tracker);
    engine.alerts.restored.measured(tracker);
    if (!tracker.evaluations.isEmpty()) {
      drive(tracker);
    }
  }

  private void observe(
      HostTracker tracker, int row, int policyIndex, double compared, double above) {
    DiskPolicy policy = engine.policies.ofDisks.get(policyIndex);
    Evaluation found = tracker.find(row, policyIndex);
    if (found == null) {
      if (!(compared > above)) {
        return;
      }
      found = open(tracker, row, policyIndex, policy, above);
      if (found == null) {
        return;
      }
    }
    HostState state = tracker.state;
    Metric metric = found.detector.when().metric();
    found.load(state.value(metric.ofEachDisk(), row), state.windowMillis());
    ConditionCheck gate = ConditionCheck.of(policy.onlyIf(), state, row);
    boolean holds = gate == ConditionCheck.MET && LoadCarriers.carries(tracker, found);
    DetectorFeed feed = tracker.feeds.of(policyIndex);
    sample.set(state, row, feed, holds, LoadCarriers.mayClear(engine, tracker, metric, row));
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
    switch (found.detector.observe(sample)) {
      case QUIET -> quiet(tracker, found);
      case BREACHED -> breached(tracker, found);
      case CLEARED -> cleared(tracker, found);
      case NONE -> {
        if (gate == ConditionCheck.UNKNOWN && found.breach == null && compared > above) {
          unknownGate(tracker, found);
        }
        if (!repeated(tracker, found)) {
          neither(tracker, found, value);
        }
      }
    }
  }

  /** Repeats a change that was lost by an exception. */
  private boolean repeated(HostTracker tracker, Evaluation found) {
    boolean breached = found.detector.breached();
    if (breached && found.breach == null) {
      breached(tracker, found);
      return true;
    }
    if (!breached && found.breach != null && !found.breach.isKept()) {
      cleared(tracker, found);
      return true;
    }
    return false;
  }

  private @Nullable Evaluation open(
      HostTracker tracker, int row, int policyIndex, DiskPolicy policy, double above) {
    if (!engine.openEvaluation(tracker, policy)) {
      return null;
    }
    MappedDisk disk = tracker.state.disk(row);
    long slotMillis = Math.max(1, engine.settings.effectWindowMillis() / SLOTS_OF_WINDOW);
    KnownWorkers workers = new KnownWorkers(tracker.state.map().boot(), disk);
    Evaluation made = new Evaluation(policy, policyIndex, disk, workers, row, above, slotMillis);
    if (tracker.feeds.of(policyIndex) instanceof OutlierTable table) {
      made.origin = table.origin(outliers.baselines, row);
    }
    tracker.add(made);
    return made;
  }

  private void forget(HostTracker tracker, Evaluation over) {
    tracker.remove(over);
    engine.evaluationClosed();
  }

  /** Records, once for each evaluation, that only an unknown value prevents a breach. */
  private void unknownGate(HostTracker tracker, Evaluation found) {
    Condition condition = found.policy.onlyIf();
    if (found.gateUnknown
        || condition == null
        || found.detector.heldMillis() < found.detector.when().forMillis()) {
      return;
    }
    found.gateUnknown = true;
    String reason =
        "no alert: %s is over its threshold, but only_if cannot be evaluated: %s is unknown"
            .formatted(
                found.detector.when().metric().id(),
                ConditionCheck.unknowns(condition, tracker.state, found.row));
    engine.record(decision(engine, tracker, found, Decision.Verdict.SKIP, null, reason));
  }

  private void breached(HostTracker tracker, Evaluation found) {
    if (found.breach == null) {
      found.breach = engine.alerts.begin(tracker, found);
    } else {
      found.breach.again();
    }
    if (found.anomalous()) {
      engine.breaches(tracker, 1);
    }
  }

  private void cleared(HostTracker tracker, Evaluation found) {
    Breach breach = found.breach;
    if (breach == null || found.policy.then().life().keepFiringMillis() == 0) {
      close(tracker, found, Ending.CLEARED);
    } else {
      Throttle throttle = breach.throttle;
      breach.finishThrottle(); // before it is handed on, so that this breach does not get it back
      breach.apply(new AlertEvent.Cleared());
      over(tracker, found, throttle, Ending.CLEARED);
      breach.apply(new AlertEvent.Refreshed());
    }
  }

  private void quiet(HostTracker tracker, Evaluation found) {
    Breach breach = found.breach;
    if (breach == null) {
      forget(tracker, found);
    } else if (!breach.isKept()) {
      cleared(tracker, found);
    } else {
      breach.apply(new AlertEvent.Measured(true, tracker.state.windowMillis()));
      if (breach.state() instanceof AlertState.Resolved) {
        forget(tracker, found);
      }
    }
  }

  /** A value over the threshold restarts the calm time; an unknown one does not count. */
  private void neither(HostTracker tracker, Evaluation found, double value) {
    Breach breach = found.breach;
    if (breach == null || !breach.isKept() || Double.isNaN(value)) {
      return;
    }
    if (value > found.detector.when().above()) {
      breach.apply(new AlertEvent.Measured(false, 0));
    } else {
      quiet(tracker, found); // some detectors look back for longer than a window
    }
  }

  /** Ends the throttle of a breach, and stops counting it. */
  private void over(HostTracker tracker, Evaluation over, Throttle throttle, Ending ending) {
    if (over.anomalous()) {
      engine.breaches(tracker, -1);
    }
    if (throttle.lease() != null && throttle.owner == over) {
      planner.hand(tracker, over, throttle, ending);
    }
  }

  /** Closes an evaluation whose condition is over, or whose disk or policy is gone. */
  void close(HostTracker tracker, Evaluation over, Ending ending) {
    forget(tracker, over);
    Breach breach = over.breach;
    if (breach == null) {
      return;
    }
    if (!breach.isKept()) {
      over(tracker, over, breach.throttle, ending);
    }
    breach.apply(new AlertEvent.Ended(ending));
  }

  /** Drives the breaches: standing policies last, the largest share of device time first. */
  private void drive(HostTracker tracker) {
    List<Breach> breaches = new ArrayList<>(tracker.breaches());
    breaches.sort(
        Comparator.comparing((Breach each) -> each.evaluation.policy.isStanding())
            .thenComparingDouble(each -> -share(tracker, each.evaluation))
            .thenComparingInt(each -> each.evaluation.row)
            .thenComparingInt(each -> each.evaluation.policyIndex));
    for (Breach each : breaches) {
      engine.guarded(
          tracker,
          "throttling %s".formatted(each.evaluation.disk.vdev()),
          () -> {
            planner.drive(each);
            each.apply(new AlertEvent.Refreshed());
          });
    }
  }

  private static double share(HostTracker tracker, Evaluation each) {
    double share = each.of(tracker, Metric.DEVICE_TIME_SHARE);
    return Double.isNaN(share) ? 0 : share;
  }

  /** A decision about an evaluation, with its numbers. */
  static Decision decision(
      EngineState engine,
      HostTracker tracker,
      Evaluation evaluation,
      Decision.Verdict verdict,
      @Nullable MessageId lease,
      String reason) {
    Map<String, Double> numbers = new TreeMap<>();
    if (!evaluation.policy.isStanding()) {
      numbers.put(evaluation.detector.when().metric().id(), evaluation.value);
      numbers.put("above", evaluation.detector.when().above());
    }
    for (Metric metric :
        List.of(Metric.DEVICE_TIME_SHARE, Metric.DEVICE_UTIL, Metric.UTIL, Metric.HOST_IO_FULL)) {
      double value = evaluation.of(tracker, metric);
      if (!Double.isNaN(value)) {
        numbers.put(metric.id(), value);
      }
    }
    Instant now = engine.now.wall();
    HostId host = tracker.host();
    String vdev = evaluation.disk.vdev();
    String policy = evaluation.policy.name();
    Decision decision =
        new Decision(now, host, evaluation.domain, vdev, policy, verdict, lease, reason, numbers);
    return evaluation.breach == null ? decision : decision.withAlert(evaluation.breach.id());
  }
}
