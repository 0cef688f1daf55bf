package io.blkwarden.controller.step;

import io.blkwarden.controller.look.FleetLook;
import io.blkwarden.model.HostId;
import io.blkwarden.model.Require;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * The engine's core: decides which disk is throttled, and what people are told.
 *
 * <p>Deterministic: the same inputs at the same moments, with the same generator, give the same
 * effects. Owned by one thread. It does no I/O and never waits. Without a claim it sends no command
 * and publishes no alert, and goes on watching, so that it can take over at once.
 */
public final class ControlStep implements Core {
  private final World world;
  private final Sampling sampling;
  private final Mapping mapping;
  private final Beats beats;
  private final Outcomes outcomes;
  private final Asks asks;
  private final Forgetting forgetting;
  private final OperatorInputs inputs;
  private final Ticks ticks;
  private final Alerts alerts;
  private final Proposals proposals;
  private final FleetWatch fleet;
  private final Outliers outliers;

  /**
   * Makes a step that knows no host, has no policies and holds no claim.
   *
   * @param settings times and bounds
   * @param random for identities
   * @param issuer who commands are from, for the record
   */
  public ControlStep(StepSettings settings, RandomGenerator random, String issuer) {
    world =
        new World(
            Require.present(settings, "settings"),
            Require.present(random, "random"),
            Require.text(issuer, 255, "issuer"),
            new Moment(0, Instant.EPOCH));
    Leases leases = new Leases(world);
    alerts = new Alerts(world);
    HostProblems problems = new HostProblems(world);
    DuplicateHosts duplicates = new DuplicateHosts(world, alerts, problems);
    Easing easing = new Easing(world, leases);
    outliers = new Outliers(world);
    sampling = new Sampling(world, new Acting(world, leases, easing), alerts, outliers, duplicates);
    mapping = new Mapping(world, sampling, problems);
    proposals = new Proposals(world, alerts);
    forgetting = new Forgetting(world, sampling);
    inputs = new OperatorInputs(world);
    asks = new Asks(world, leases, proposals, forgetting, inputs);
    outcomes = new Outcomes(world, alerts, asks);
    beats = new Beats(world, outcomes, problems, duplicates);
    fleet = new FleetWatch(world);
    ticks =
        new Ticks(
            world, alerts, outcomes, asks, leases, easing, fleet, outliers, problems, duplicates);
  }

  @Override
  public List<Effect> step(Input input, Moment now) {
    world.begin(now);
    switch (input) {
      case Input.Sampled sampled -> sampling.take(sampled.host(), sampled.frame());
      case Input.Mapped mapped -> mapping.take(mapped.event());
      case Input.Missed missed -> mapping.missed(missed.host());
      case Input.Beat beat -> beats.take(beat.beat());
      case Input.OutcomeSeen seen -> outcomes.take(seen.outcome());
      case Input.CommandLost lost -> outcomes.lost(lost.command(), lost.why());
      case Input.Asked asked -> asks.take(asked);
      case Input.Forgotten forgotten -> forgetting.done(forgotten.forget());
      case Input.Stored stored -> inputs.done(stored.store());
      case Input.Tick _ -> ticks.take();
      case Input.PoliciesLoaded loaded -> {
        world.recalled.policies(loaded.complete());
        Rules rules = new Rules(loaded.policies());
        mapping.rules(rules);
        fleet.rules(rules);
      }
      case Input.SpecLoaded loaded -> outliers.load(loaded.spec());
      case Input.SaidChanged changed -> {
        boolean paused = world.said().pause().isPresent();
        world.said(changed.said());
        if (paused && world.said().pause().isEmpty()) {
          asks.resumed();
        }
        world.marks.changed();
      }
      case Input.AlertsRecalled recalled -> world.recalled.take(recalled.open());
      case Input.Claimed claimed -> claimed(claimed.epoch());
      case Input.ClaimLost _ -> {
        world.claim(OptionalLong.empty());
        world.recalled.forget();
        world.marks.forget();
        asks.giveUp(true);
      }
    }
    return world.effects();
  }

  /**
   * The host whose input failed is unknown until its map and its next samples come: what its state
   * is in the middle of a step nobody can tell.
   */
  @Override
  public List<Effect> recover(Input failed) {
    HostId host =
        switch (failed) {
          case Input.Sampled sampled -> sampled.host();
          case Input.Mapped mapped -> mapped.event().origin().host();
          case Input.Beat beat -> beat.beat().host();
          case Input.OutcomeSeen seen -> seen.outcome().host();
          default -> null;
        };
    HostWatch watch = host == null ? null : world.hosts.get(host);
    if (watch != null) {
      world.live(watch, false);
      watch.missed = true;
      world.wantSnapshot(watch);
    }
    return world.effects();
  }

  /** Hosts with a throttled disk, as the safety limits count them. */
  int hostsThrottled() {
    return world.throttles.hosts().size();
  }

  /**
   * What is known now, changing nothing; on the thread of {@link #step}.
   *
   * @param busiest how many of the busiest disks are wanted; {@link Integer#MAX_VALUE} for all,
   *     idle and unknown ones too
   */
  public FleetReading reading(int busiest) {
    return new FleetReader(world, busiest).read();
  }

  /**
   * What people look at, changing nothing; on the thread of {@link #step}.
   *
   * @param all whether all hosts are wanted
   * @param near hosts that are wanted with their disks
   */
  public FleetLook look(boolean all, Set<HostId> near) {
    return new Looker(world, proposals).look(all, near);
  }

  /** Takes the claim, and tells what others may have told before: nobody knows what they did. */
  private void claimed(long epoch) {
    world.claim(OptionalLong.of(epoch));
    world.recalled.claimed(alerts.payOwed());
    alerts.republish(true);
    alerts.fleet();
    fleet.claimed();
  }
}
