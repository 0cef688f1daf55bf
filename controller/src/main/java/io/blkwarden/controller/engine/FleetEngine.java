package io.blkwarden.controller.engine;

import io.blkwarden.controller.snapshot.FleetSnapshot;
import io.blkwarden.model.HostId;
import io.blkwarden.model.Require;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;

/**
 * The engine: decides which disks are throttled and which alerts are published.
 *
 * <p>Deterministic: the same inputs at the same times, with the same generator, give the same
 * effects. Used by one thread. It does no I/O and never waits. A standby sends no commands and
 * publishes no alerts, but processes all inputs, so that it can take over at once.
 */
public final class FleetEngine implements EngineCore {
  private final EngineState engine;
  private final SampleHandler sampling;
  private final MappingHandler mapping;
  private final HeartbeatHandler heartbeats;
  private final OutcomeHandler outcomes;
  private final OperatorRequests requests;
  private final HostRemoval hostRemoval;
  private final OperatorInputRequests inputs;
  private final TickHandler ticks;
  private final AlertPublisher alerts;
  private final Proposals proposals;
  private final FleetPolicies fleet;
  private final BaselineLearner outliers;

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
            settings,
            random,
            Require.text(issuer, 255, "issuer"),
            new Moment(0, Instant.EPOCH));
    alerts = new AlertPublisher(engine);
    Throttles throttles = new Throttles(engine, alerts);
    HostProblems problems = new HostProblems(engine);
    DuplicateHosts duplicates = new DuplicateHosts(engine, alerts, problems);
    outliers = new BaselineLearner(engine);
    sampling =
        new SampleHandler(
            engine, new ThrottlePlanner(engine, throttles), alerts, outliers, duplicates);
    mapping = new MappingHandler(engine, sampling, problems, throttles);
    proposals = new Proposals(engine, throttles);
    hostRemoval = new HostRemoval(engine, sampling);
    inputs = new OperatorInputRequests(engine);
    requests = new OperatorRequests(engine, throttles, proposals, hostRemoval, inputs);
    outcomes = new OutcomeHandler(engine, throttles, requests);
    heartbeats = new HeartbeatHandler(engine, throttles, problems, duplicates);
    fleet = new FleetPolicies(engine);
    ticks =
        new TickHandler(
            engine, alerts, outcomes, requests, throttles, fleet, outliers, problems, duplicates);
  }

  @Override
  public List<Effect> step(Input input, Moment now) {
    engine.begin(now);
    switch (input) {
      case Input.SampleBatch sampled -> sampling.take(sampled.host(), sampled.frame());
      case Input.MappingChanged mapped -> mapping.take(mapped.event());
      case Input.ReportsDropped missed -> mapping.missed(missed.host());
      case Input.HeartbeatReceived beat -> heartbeats.take(beat.beat());
      case Input.OutcomeReceived seen -> outcomes.take(seen.outcome());
      case Input.CommandAbandoned lost -> outcomes.lost(lost.command(), lost.why());
      case Input.RequestReceived asked -> requests.take(asked);
      case Input.HostRemoved forgotten -> hostRemoval.done(forgotten.forget());
      case Input.InputStored stored -> inputs.done(stored.store());
      case Input.Tick _ -> ticks.take();
      case Input.PoliciesLoaded loaded -> {
        engine.restored.policies(loaded.complete());
        PolicyIndex policies = new PolicyIndex(loaded.policies());
        mapping.rules(policies);
        fleet.rules(policies);
      }
      case Input.BaselineLoaded loaded -> outliers.load(loaded.baseline());
      case Input.OperatorStateChanged changed -> {
        boolean paused = engine.operatorState().pause().isPresent();
        engine.operatorState(changed.operatorState());
        if (paused && engine.operatorState().pause().isEmpty()) {
          requests.resumed();
        }
        engine.suppressions.changed();
      }
      case Input.AlertsRestored recalled -> engine.restored.take(recalled.open());
      case Input.LeadershipGained gained -> leadershipGained(gained.epoch());
      case Input.LeadershipLost _ -> {
        engine.epoch(OptionalLong.empty());
        engine.restored.forget();
        engine.suppressions.forget();
        requests.giveUp(true);
      }
    }
    return engine.effects();
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
      engine.live(tracker, false);
      tracker.missed = true;
      engine.requestMap(tracker);
    }
    return engine.effects();
  }

  /** Hosts with a throttled disk, as the safety limits count them. */
  int hostsThrottled() {
    return engine.throttles.hosts().size();
  }

  /** The requested parts of the state now; read-only, on the thread of {@link #step}. */
  public FleetSnapshot snapshot(FleetSnapshot.Parts parts) {
    return new SnapshotReader(engine, proposals).read(parts);
  }

  /** The first hosts and disks whose names contain the text, at most so many of each. */
  public FleetSnapshot search(String text, int most) {
    return new SnapshotReader(engine, proposals).search(text, most);
  }

  /** Becomes the leader, and publishes the open alerts again: what others published is unknown. */
  private void leadershipGained(long epoch) {
    engine.epoch(OptionalLong.of(epoch));
    engine.restored.leadershipGained(alerts.publishOwed());
    alerts.republish(true);
    alerts.fleet();
    fleet.leadershipGained();
  }
}
