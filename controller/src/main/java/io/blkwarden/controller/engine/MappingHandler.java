package io.blkwarden.controller.engine;

import io.blkwarden.controller.throttle.ThrottleEvent;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MappingState;
import io.blkwarden.model.message.MappingEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** Handles changes of maps and policies, and moves evaluations to their new rows. */
record MappingHandler(
    EngineState engine, SampleHandler sampling, HostProblems problems, Throttles throttles) {
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
    gone.forEach(each -> sampling.close(tracker, each, AlertPublisher.Ending.GONE));
    closeGone(tracker);
    closeRestarted(tracker, false);
    closeUnmatched(tracker);
  }

  /** A snapshot arrived that throttles may wait for. */
  private void answered(HostTracker tracker) {
    engine.mapRequests.received(tracker);
    problems.look(tracker);
    for (Evaluation each : tracker.evaluations.values()) {
      if (each.breach != null) {
        throttles.apply(each.breach.throttle, new ThrottleEvent.MapReceived());
      }
    }
  }

  private void closeGone(HostTracker tracker) {
    for (Evaluation each : tracker.openEvaluations()) {
      if (tracker.state.disk(each.row).state() == MappingState.GONE) {
        sampling.close(tracker, each, AlertPublisher.Ending.GONE);
      }
    }
  }

  /** A guest is not throttled for what its previous run did. */
  private void closeRestarted(HostTracker tracker, boolean seen) {
    for (Evaluation each : tracker.openEvaluations()) {
      if (!each.workers.isSameRun(tracker.state.map().boot(), tracker.state.disk(each.row), seen)) {
        sampling.close(tracker, each, AlertPublisher.Ending.GUEST_RESTARTED);
      }
    }
  }

  /** A disk whose role or domain name changed may match other policies. */
  private void closeUnmatched(HostTracker tracker) {
    for (Evaluation each : tracker.openEvaluations()) {
      if (!tracker.matches(each)) {
        sampling.close(tracker, each, AlertPublisher.Ending.UNMATCHED);
      }
    }
  }

  /** Takes new policies; evaluations of unchanged policies continue. */
  void rules(PolicyIndex next) {
    for (HostTracker tracker : engine.hosts.values()) {
      List<Evaluation> over = new ArrayList<>();
      List<Evaluation> kept = new ArrayList<>();
      for (Evaluation each : tracker.openEvaluations()) {
        int index = next.ofDisks.indexOf(each.policy);
        if (index < 0) {
          over.add(each);
        } else {
          kept.add(each);
        }
      }
      over.forEach(each -> sampling.close(tracker, each, AlertPublisher.Ending.POLICY_GONE));
      kept.forEach(each -> each.policyIndex = next.ofDisks.indexOf(each.policy));
      tracker.index(next, kept);
      tracker.attributions.match(tracker, next, engine.attributionBudget);
    }
    engine.policies(next);
  }
}
