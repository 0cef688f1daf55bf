package io.blkwarden.controller.step;

import io.blkwarden.controller.plan.Decision;
import java.util.Map;
import java.util.function.Consumer;

/** Does what is due by time alone: silence, commands and answers overdue, leases that ran out. */
final class Ticks {
  private static final long PAUSE_MILLIS = 3_000;
  private static final long LEASE_GRACE_MILLIS = 5_000;
  private static final int RELEASES_MAX = 5;

  private final World world;
  private final Alerts alerts;
  private final Outcomes outcomes;
  private final Asks asks;
  private final Leases leases;
  private final Easing easing;
  private final FleetWatch fleet;
  private final Outliers outliers;
  private final HostProblems problems;
  private final DuplicateHosts duplicates;
  private long lastTickMillis;
  private boolean ticked;

  Ticks(
      World world,
      Alerts alerts,
      Outcomes outcomes,
      Asks asks,
      Leases leases,
      Easing easing,
      FleetWatch fleet,
      Outliers outliers,
      HostProblems problems,
      DuplicateHosts duplicates) {
    this.world = world;
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
    boolean paused = !ticked || world.millis() - lastTickMillis > PAUSE_MILLIS;
    long passed = paused ? 0 : world.millis() - lastTickMillis;
    ticked = true;
    lastTickMillis = world.millis();
    if (!paused) {
      each(this::listen);
    }
    outcomes.giveUpOld();
    asks.giveUp(false);
    world.throttles.all().forEach(this::overdue);
    each(this::remind);
    each(problems::look);
    alerts.republish(false);
    alerts.fleet();
    world.recalled.fleetIs(Alerts.BRAKES, true, 0, passed);
    duplicates.tick(passed);
    fleet.tick(passed);
    outliers.tick();
    world.recalled.tick();
    world.marks.recheck();
  }

  private void each(Consumer<HostWatch> due) {
    for (HostWatch watch : world.hosts.values()) {
      world.guarded(watch, "what is due by time", () -> due.accept(watch));
    }
  }

  private void listen(HostWatch watch) {
    long limit = world.gapMillis(watch);
    if (watch.live && world.millis() - watch.lastSampleMillis > limit) {
      watch.silent = true;
      world.live(watch, false);
    }
    if (watch.freshness.passed(world.millis(), limit)) {
      alerts.unknown(watch, true);
    }
  }

  private void remind(HostWatch watch) {
    watch.cases.values().forEach(each -> alerts.remind(watch, each));
  }

  private void overdue(Throttle throttle) {
    if (world.millis() > throttle.endsMillis + LEASE_GRACE_MILLIS) {
      outcomes.ended(throttle, "the lease ran out", false, false);
      return;
    }
    HostWatch watch = world.hosts.get(throttle.host);
    if (watch != null && !watch.runs.duplicate()) { // no command is sent there: the lease expires
      world.guarded(watch, "a throttle", () -> drive(watch, throttle));
    }
  }

  private void drive(HostWatch watch, Throttle throttle) {
    easing.drive(watch, throttle);
    boolean again =
        throttle.stage == Throttle.Stage.ENDING
            && throttle.pending == null
            && throttle.releases > 0
            && throttle.releases < RELEASES_MAX;
    if (again) {
      releaseAgain(watch, throttle);
    }
  }

  /** Asks once more for the end of a lease, and says so: a lost answer is no silent command. */
  private void releaseAgain(HostWatch watch, Throttle throttle) {
    if (leases.release(watch, throttle, throttle.reason + " (again)", null)) {
      world.add(
          new Effect.Note(
              new Decision(
                  world.now().wall(),
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
