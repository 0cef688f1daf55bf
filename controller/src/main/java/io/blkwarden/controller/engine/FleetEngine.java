package io.blkwarden.controller.engine;

import io.blkwarden.controller.alert.AlertEvent;
import io.blkwarden.controller.snapshot.FleetSnapshot;
import io.blkwarden.controller.throttle.ThrottleEvent;
import io.blkwarden.model.HostId;
import io.blkwarden.model.Require;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * The engine: decides which disks are throttled and which alerts are published.
 *
 * <p>Deterministic: the same inputs at the same times, with the same generator, give the same
 * effects. Used by one thread. It does no I/O and never waits. A standby sends no commands and
 * publishes no alerts, but processes all inputs, so that it can take over at once.
 */
public final class FleetEngine implements EngineCore {
  /** A longer time between two ticks is a pause of the controller. */
  private static final long PAUSE_MILLIS = 3_000;

  final EngineState engine;
  private final Throttles throttles;
  private final HostProblems problems;
  private final SampleHandler samples;
  private final MappingHandler mappings;
  private final HeartbeatHandler heartbeats;
  private final Proposals proposals;
  private final PendingRequests pendingRequests;
  private final OperatorRequests requests;
  private final OutcomeHandler outcomes;
  private final FleetPolicies fleetPolicies;
  private final BaselineLearner baselines;
  private long lastTickMillis = Long.MIN_VALUE / 2;

  /**
   * Creates an engine without hosts and policies that does not lead.
   *
   * @param settings times and bounds
   * @param random for identities
   * @param issuer sender of its commands, for the record
   */
  public FleetEngine(EngineSettings settings, RandomGenerator random, String issuer) {
    engine =
        new EngineState(
            settings, random, Require.text(issuer, 255, "issuer"), new Moment(0, Instant.EPOCH));
    throttles = new Throttles(engine);
    problems = new HostProblems(engine);
    samples = new SampleHandler(engine, throttles, problems);
    mappings = new MappingHandler(engine, samples, problems, throttles);
    heartbeats = new HeartbeatHandler(engine, throttles, problems);
    proposals = new Proposals(engine, throttles);
    pendingRequests = new PendingRequests(engine);
    requests = new OperatorRequests(engine, throttles, proposals, samples, pendingRequests);
    outcomes = new OutcomeHandler(engine, throttles, pendingRequests);
    fleetPolicies = new FleetPolicies(engine);
    baselines = new BaselineLearner(engine);
  }

  @Override
  public List<Effect> step(Input input, Moment now) {
    engine.begin(now);
    switch (input) {
      case Input.SampleBatch sampled -> samples.handle(sampled.host(), sampled.frame());
      case Input.MappingChanged mapped -> mappings.handle(mapped.event());
      case Input.ReportsDropped dropped -> mappings.reportsDropped(dropped.host());
      case Input.HeartbeatReceived beat -> heartbeats.handle(beat.beat());
      case Input.OutcomeReceived seen -> outcomes.handle(seen.outcome());
      case Input.CommandAbandoned lost -> outcomes.lost(lost.command(), lost.why());
      case Input.RequestReceived request -> requests.handle(request);
      case Input.HostRemoved removed -> requests.hostRemoved(removed.forget());
      case Input.InputStored stored -> requests.inputStored(stored.store());
      case Input.Tick _ -> tick();
      case Input.PoliciesLoaded loaded -> {
        engine.alerts.restored.policiesComplete = loaded.complete();
        PolicyIndex policies = new PolicyIndex(loaded.policies());
        mappings.policiesLoaded(policies);
        fleetPolicies.policiesLoaded(policies);
      }
      case Input.BaselineLoaded loaded -> baselines.load(loaded.baseline());
      case Input.OperatorStateChanged changed -> {
        boolean paused = engine.operatorState.pause().isPresent();
        engine.operatorState = changed.operatorState();
        if (paused && engine.operatorState.pause().isEmpty()) {
          requests.resumed();
        }
        engine.alerts.operatorStateChanged();
      }
      case Input.AlertsRestored restored -> engine.alerts.restore(restored);
      case Input.LeadershipGained gained -> {
        engine.epoch = OptionalLong.of(gained.epoch());
        engine.alerts.leadershipGained();
      }
      case Input.LeadershipLost _ -> {
        engine.epoch = OptionalLong.empty();
        engine.alerts.leadershipLost();
        pendingRequests.giveUp(true);
      }
    }
    return engine.effects;
  }

  /** Handles what is due by time. */
  private void tick() {
    // after a pause of the controller itself samples are queued: no host stopped reporting
    long passed = engine.millis() - lastTickMillis;
    boolean paused = passed > PAUSE_MILLIS;
    lastTickMillis = engine.millis();
    if (!paused) {
      each(this::checkReporting);
    }
    outcomes.giveUpOld();
    pendingRequests.giveUp(false);
    for (Throttle throttle : engine.throttleTable.all()) {
      HostTracker tracker = engine.hosts.get(throttle.host);
      Runnable tick = () -> throttles.apply(throttle, new ThrottleEvent.Ticked());
      if (tracker == null) {
        tick.run();
      } else {
        engine.guarded(tracker, "a throttle's tick", tick);
      }
    }
    each(tracker -> engine.alerts.apply(tracker, new AlertEvent.Ticked()));
    long counted = paused ? 0 : passed;
    problems.tick(counted);
    fleetPolicies.tick(counted);
    baselines.tick();
    engine.alerts.tick(counted);
  }

  private void each(Consumer<HostTracker> due) {
    for (HostTracker tracker : engine.hosts.values()) {
      engine.guarded(tracker, "a tick", () -> due.accept(tracker));
    }
  }

  /** Marks the host as stale if it has stopped reporting. */
  private void checkReporting(HostTracker tracker) {
    long limit = engine.gapMillis(tracker);
    if (tracker.live && engine.millis() - tracker.freshness.lastMillis > limit) {
      tracker.stale = true;
      engine.setLive(tracker, false);
    }
    if (tracker.freshness.passed(engine.millis(), limit)) {
      engine.alerts.apply(tracker, new AlertEvent.SamplesMissing());
    }
  }

  /**
   * The host whose input failed is unknown until its map and its next samples arrive, because its
   * state may be inconsistent.
   */
  @Override
  public List<Effect> recover(Input failed) {
    HostId host =
        switch (failed) {
          case Input.SampleBatch sampled -> sampled.host();
          case Input.MappingChanged mapped -> mapped.event().origin().host();
          case Input.HeartbeatReceived beat -> beat.beat().host();
          case Input.OutcomeReceived seen -> seen.outcome().host();
          default -> null;
        };
    HostTracker tracker = host == null ? null : engine.hosts.get(host);
    if (tracker != null) {
      engine.setLive(tracker, false);
      tracker.reportsDropped = true;
      engine.requestMap(tracker);
    }
    return engine.effects;
  }

  /** The requested parts of the state now; read-only, on the thread of {@link #step}. */
  public FleetSnapshot snapshot(FleetSnapshot.Parts parts) {
    return new SnapshotReader(engine, proposals).read(parts);
  }

  /** The first hosts and disks whose names contain the text, at most so many of each. */
  public FleetSnapshot search(String text, int most) {
    return new SnapshotReader(engine, proposals).search(text, most);
  }
}
