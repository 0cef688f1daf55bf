package io.blkwarden.controller.engine;

import io.blkwarden.controller.throttle.Decision;
import java.util.Map;
import java.util.function.Consumer;

/** Does what is due by time alone: silence, commands and answers overdue, leases that ran out. */
final class TickHandler {
  private static final long PAUSE_MILLIS = 3_000;
  private static final long LEASE_GRACE_MILLIS = 5_000;
  private static final int RELEASES_MAX = 5;

  private final EngineState engine;
  private final AlertPublisher alerts;
  private final OutcomeHandler outcomes;
  private final OperatorRequests asks;
  private final LeaseRequests leases;
  private final StepDown easing;
  private final FleetPolicies fleet;
  private final BaselineLearner outliers;
  private final HostProblems problems;
  private final DuplicateHosts duplicates;
  private long lastTickMillis;
  private boolean ticked;

  TickHandler(
      EngineState engine,
      AlertPublisher alerts,
      OutcomeHandler outcomes,
      OperatorRequests asks,
      LeaseRequests leases,
      StepDown easing,
      FleetPolicies fleet,
      BaselineLearner outliers,
      HostProblems problems,
      DuplicateHosts duplicates) {
    this.engine = engine;
    this.alerts = alerts;
    this.outcomes = outcomes;
    this.asks = asks;
    this.leases = leases;
    this.easing = easing;
    this.fleet = fleet;
    this.outliers = outliers;
    this.problems = problems;
    this.duplicates = duplicates;
  }

  void take() {
    // after a pause of the controller itself, samples wait unread: nobody was silent
    boolean paused = !ticked || engine.millis() - lastTickMillis > PAUSE_MILLIS;
    long passed = paused ? 0 : engine.millis() - lastTickMillis;
    ticked = true;
    lastTickMillis = engine.millis();
    if (!paused) {
      each(this::listen);
    }
    outcomes.giveUpOld();
    asks.giveUp(false);
    engine.throttles.all().forEach(this::overdue);
    each(this::remind);
    each(problems::look);
    alerts.republish(false);
    alerts.fleet();
    engine.restored.fleetIs(AlertPublisher.BRAKES, true, 0, passed);
    duplicates.tick(passed);
    fleet.tick(passed);
    outliers.tick();
    engine.restored.tick();
    engine.suppressions.recheck();
  }

  private void each(Consumer<HostTracker> due) {
    for (HostTracker tracker : engine.hosts.values()) {
      engine.guarded(tracker, "what is due by time", () -> due.accept(tracker));
    }
  }

  private void listen(HostTracker tracker) {
    long limit = engine.gapMillis(tracker);
    if (tracker.live && engine.millis() - tracker.lastSampleMillis > limit) {
      tracker.silent = true;
      engine.live(tracker, false);
    }
    if (tracker.freshness.passed(engine.millis(), limit)) {
      alerts.unknown(tracker, true);
    }
  }

  private void remind(HostTracker tracker) {
    tracker.evaluations.values().forEach(each -> alerts.remind(tracker, each));
  }

  private void overdue(Throttle throttle) {
    if (engine.millis() > throttle.endsMillis + LEASE_GRACE_MILLIS) {
      outcomes.ended(throttle, "the lease ran out", false, false);
      return;
    }
    HostTracker tracker = engine.hosts.get(throttle.host);
    if (tracker != null
        && !tracker.runs.duplicate()) { // no command is sent there: the lease expires
      engine.guarded(tracker, "a throttle", () -> drive(tracker, throttle));
    }
  }

  private void drive(HostTracker tracker, Throttle throttle) {
    easing.drive(tracker, throttle);
    boolean again =
        throttle.stage == Throttle.Stage.ENDING
            && throttle.pending == null
            && throttle.releases > 0
            && throttle.releases < RELEASES_MAX;
    if (again) {
      releaseAgain(tracker, throttle);
    }
  }

  /** Asks once more for the end of a lease, and says so: a lost answer is no silent command. */
  private void releaseAgain(HostTracker tracker, Throttle throttle) {
    if (leases.release(tracker, throttle, throttle.reason + " (again)", null)) {
      engine.add(
          new Effect.RecordDecision(
              new Decision(
                  engine.now().wall(),
                  throttle.host,
                  throttle.domain,
                  throttle.disk.vdev(),
                  null,
                  Decision.Verdict.RELEASE,
                  throttle.lease,
                  "its end is asked for again, for the host's agent has not told of it",
                  Map.of())));
    }
  }
}
