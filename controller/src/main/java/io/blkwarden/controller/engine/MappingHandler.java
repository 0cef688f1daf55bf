package io.blkwarden.controller.engine;

import io.blkwarden.controller.alert.AlertEvent.Ending;
import io.blkwarden.controller.throttle.ThrottleEvent;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MappingState;
import io.blkwarden.model.message.MappingEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.function.Predicate;

/** Handles changes of maps and policies, and moves evaluations to their new rows. */
final class MappingHandler {
  private final EngineState engine;
  private final SampleHandler sampling;
  private final HostProblems problems;
  private final Throttles throttles;
  private final ScopedAlerts scoped;

  MappingHandler(
      EngineState engine,
      SampleHandler sampling,
      HostProblems problems,
      Throttles throttles,
      ScopedAlerts scoped) {
    this.engine = engine;
    this.sampling = sampling;
    this.problems = problems;
    this.throttles = throttles;
    this.scoped = scoped;
  }

  void take(MappingEvent event) {
    engine.tracker(event.origin().host()).ifPresent(tracker -> take(tracker, event));
  }

  /** Dropped messages may have been about the map: requests it until it arrives. */
  void missed(HostId host) {
    engine
        .tracker(host)
        .ifPresent(tracker -> {
          tracker.missed = true;
          engine.requestMap(tracker);
        });
  }

  private void take(HostTracker tracker, MappingEvent event) {
    if (tracker.runs.duplicate()) {
      return; // the agent is ambiguous; the map is requested once one agent is left
    }
    switch (tracker.state.apply(event)) {
      case IGNORED -> {}
      case GAP -> engine.requestMap(tracker);
      case UPDATED -> {
        closeGone(tracker);
        closeRestarted(tracker, true);
        tracker.match(engine.policies());
        tracker.attributions.match(tracker, engine.policies(), engine.attributionBudget);
        closeUnmatched(tracker);
        scoped.match(tracker, engine.policies());
      }
      case REBASED -> answered(tracker);
      case REPLACED -> {
        replaced(tracker);
        answered(tracker);
      }
    }
  }

  private void replaced(HostTracker tracker) {
    List<Evaluation> kept = new ArrayList<>();
    List<Evaluation> gone = new ArrayList<>();
    for (Evaluation each : tracker.openEvaluations()) {
      OptionalInt row = tracker.state.rowOf(each.disk);
      if (row.isPresent()) {
        each.row = row.getAsInt();
        kept.add(each);
      } else {
        each.row = Integer.MAX_VALUE;
        gone.add(each);
      }
    }
    tracker.index(engine.policies(), kept);
    tracker.attributions.match(tracker, engine.policies(), engine.attributionBudget);
    gone.forEach(each -> sampling.close(tracker, each, Ending.GONE));
    closeGone(tracker);
    closeRestarted(tracker, false);
    closeUnmatched(tracker);
    scoped.match(tracker, engine.policies());
  }

  /** A snapshot arrived that throttles may wait for. */
  private void answered(HostTracker tracker) {
    engine.mapRequests.received(tracker);
    problems.look(tracker);
    for (Breach each : tracker.breaches()) {
      throttles.apply(each.throttle, new ThrottleEvent.MapReceived());
    }
  }

  private void closeGone(HostTracker tracker) {
    close(
        tracker,
        each -> tracker.state.disk(each.row).state() == MappingState.GONE,
        Ending.GONE);
  }

  /** A guest is not throttled for what its previous run did. */
  private void closeRestarted(HostTracker tracker, boolean seen) {
    UUID boot = tracker.state.map().boot();
    close(
        tracker,
        each -> !each.workers.isSameRun(boot, tracker.state.disk(each.row), seen),
        Ending.GUEST_RESTARTED);
  }

  /** A disk whose role or domain name changed may match other policies. */
  private void closeUnmatched(HostTracker tracker) {
    close(tracker, each -> !tracker.isAbout(each.row, each.policyIndex), Ending.UNMATCHED);
  }

  private void close(HostTracker tracker, Predicate<Evaluation> over, Ending ending) {
    tracker.openEvaluations().stream()
        .filter(over)
        .forEach(each -> sampling.close(tracker, each, ending));
  }

  /** Takes new policies; evaluations of unchanged policies continue. */
  void rules(PolicyIndex next) {
    for (HostTracker tracker : engine.hosts.values()) {
      close(tracker, each -> !next.ofDisks.contains(each.policy), Ending.POLICY_GONE);
      List<Evaluation> kept = tracker.openEvaluations();
      kept.forEach(each -> each.policyIndex = next.ofDisks.indexOf(each.policy));
      tracker.index(next, kept);
      tracker.attributions.match(tracker, next, engine.attributionBudget);
      scoped.match(tracker, next);
    }
    engine.policies(next);
  }
}
