package io.blkwarden.controller.engine;

import io.blkwarden.controller.alert.AlertEvent;
import io.blkwarden.controller.throttle.ThrottleEvent;
import java.util.function.Consumer;

/**
 * Handles what is due by time: hosts that stopped reporting, overdue commands and answers, expired
 * leases.
 */
final class TickHandler {
  private static final long PAUSE_MILLIS = 3_000;

  private final EngineState engine;
  private final OutcomeHandler outcomes;
  private final OperatorRequests requests;
  private final Throttles throttles;
  private final FleetPolicies fleet;
  private final BaselineLearner outliers;
  private final HostProblems problems;
  private final DuplicateHosts duplicates;
  private long lastTickMillis;
  private boolean ticked;

  TickHandler(
      EngineState engine,
      OutcomeHandler outcomes,
      OperatorRequests requests,
      Throttles throttles,
      FleetPolicies fleet,
      BaselineLearner outliers,
      HostProblems problems,
      DuplicateHosts duplicates) {
    this.engine = engine;
    this.outcomes = outcomes;
    this.requests = requests;
    this.throttles = throttles;
    this.fleet = fleet;
    this.outliers = outliers;
    this.problems = problems;
    this.duplicates = duplicates;
  }

  void take() {
    // after a pause of the controller itself samples are queued: no host stopped reporting
    boolean paused = !ticked || engine.millis() - lastTickMillis > PAUSE_MILLIS;
    long passed = paused ? 0 : engine.millis() - lastTickMillis;
    ticked = true;
    lastTickMillis = engine.millis();
    if (!paused) {
      each(this::listen);
    }
    outcomes.giveUpOld();
    requests.giveUp(false);
    for (Throttle throttle : engine.throttles.all()) {
      HostTracker tracker = engine.hosts.get(throttle.host);
      Runnable tick = () -> throttles.apply(throttle, new ThrottleEvent.Ticked());
      if (tracker == null) {
        tick.run();
      } else {
        engine.guarded(tracker, "a throttle's tick", tick);
      }
    }
    each(tracker -> engine.alerts.apply(tracker, new AlertEvent.Ticked()));
    each(problems::look);
    engine.alerts.tick(passed);
    duplicates.tick(passed);
    fleet.tick(passed);
    outliers.tick();
    engine.alerts.endTick();
  }

  private void each(Consumer<HostTracker> due) {
    for (HostTracker tracker : engine.hosts.values()) {
      engine.guarded(tracker, "a tick", () -> due.accept(tracker));
    }
  }

  private void listen(HostTracker tracker) {
    long limit = engine.gapMillis(tracker);
    if (tracker.live && engine.millis() - tracker.lastSampleMillis > limit) {
      tracker.silent = true;
      engine.live(tracker, false);
    }
    if (tracker.freshness.passed(engine.millis(), limit)) {
      engine.alerts.apply(tracker, new AlertEvent.SamplesMissing());
    }
  }
}
