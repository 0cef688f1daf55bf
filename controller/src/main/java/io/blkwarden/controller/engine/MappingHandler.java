package io.blkwarden.controller.engine;

import io.blkwarden.controller.alert.AlertEvent.Ending;
import io.blkwarden.controller.throttle.ThrottleEvent;
import io.blkwarden.model.HostId;
import io.blkwarden.model.message.MappingEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Predicate;

/** Handles changes of maps and policies, and moves evaluations to their new rows. */
record MappingHandler(
    EngineState engine, SampleHandler sampling, HostProblems problems, Throttles throttles) {
  /** Requests the map until it arrives, because dropped messages may have changed it. */
  void reportsDropped(HostId host) {
    HostTracker tracker = engine.tracker(host);
    if (tracker != null) {
      tracker.reportsDropped = true;
      engine.requestMap(tracker);
    }
  }

  void handle(MappingEvent event) {
    HostTracker tracker = engine.tracker(event.origin().host());
    if (tracker == null || tracker.runs.duplicate) {
      return; // the agent is ambiguous; the map is requested once one agent is left
    }
    switch (tracker.state.apply(event)) {
      case IGNORED -> {}
      case GAP -> engine.requestMap(tracker);
      case UPDATED -> changed(tracker, true);
      case REBASED -> answered(tracker);
      case REPLACED -> {
        changed(tracker, false);
        answered(tracker);
      }
    }
  }

  /**
   * Moves evaluations to their new rows, and closes those whose disk is gone or no longer matches.
   *
   * @param seen whether the change was reported as it happened, and not found in a snapshot
   */
  private void changed(HostTracker tracker, boolean seen) {
    List<Evaluation> kept = new ArrayList<>();
    List<Evaluation> gone = new ArrayList<>();
    for (Evaluation each : tracker.openEvaluations()) {
      each.row = tracker.state.rowOf(each.disk).orElse(Integer.MAX_VALUE);
      (each.row == Integer.MAX_VALUE ? gone : kept).add(each);
    }
    tracker.reindex(engine.policies, kept);
    gone.forEach(each -> sampling.close(each, Ending.GONE));
    close(tracker, each -> tracker.state.gone(each.row), Ending.GONE);
    UUID boot = tracker.state.boot();
    close(
        tracker,
        each -> !each.workers.isSameRun(boot, tracker.state.disk(each.row), seen),
        Ending.GUEST_RESTARTED);
    close(tracker, each -> !tracker.matches(each.row, each.policyIndex), Ending.UNMATCHED);
    ScopedAlert.match(engine, tracker, engine.policies);
  }

  /** Handles the arrival of a snapshot, which throttles may wait for. */
  private void answered(HostTracker tracker) {
    engine.mapRequests.received(tracker);
    problems.refresh(tracker);
    for (Breach each : tracker.breaches()) {
      throttles.apply(each.throttle, new ThrottleEvent.MapReceived());
    }
  }

  private void close(HostTracker tracker, Predicate<Evaluation> which, Ending ending) {
    tracker.openEvaluations().stream().filter(which).forEach(each -> sampling.close(each, ending));
  }

  /** Applies new policies; evaluations of unchanged policies continue. */
  void policiesLoaded(PolicyIndex next) {
    for (HostTracker tracker : engine.hosts.values()) {
      close(tracker, each -> !next.diskPolicies.contains(each.policy), Ending.POLICY_GONE);
      List<Evaluation> kept = tracker.openEvaluations();
      kept.forEach(each -> each.policyIndex = next.diskPolicies.indexOf(each.policy));
      tracker.reindex(next, kept);
      ScopedAlert.match(engine, tracker, next);
    }
    engine.policies = next;
  }
}
