package io.blkwarden.simulation.fleet;

import io.blkwarden.controller.dispatch.CommandFlow;
import io.blkwarden.controller.dispatch.DispatchCounters;
import io.blkwarden.controller.dispatch.EffectLog;
import io.blkwarden.controller.dispatch.MessageFactory;
import io.blkwarden.controller.engine.Effect;
import io.blkwarden.controller.engine.EngineSettings;
import io.blkwarden.controller.engine.FleetEngine;
import io.blkwarden.controller.engine.Input;
import io.blkwarden.controller.engine.Moment;
import io.blkwarden.controller.policy.PolicySet;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.Command;
import io.blkwarden.model.message.Outcome;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import reactor.core.Disposable;
import reactor.core.publisher.Sinks;

/** The real step and the real dispatch of one controller. */
final class ControllerNode implements CommandFlow.Results {
  private final World world;
  private final String name;
  private final Map<HostId, Boolean> heeds;
  private final FleetEngine step;
  private final CommandFlow commands;
  private final CommandFlow snapshots;
  private final MessageFactory messages;
  private final EffectLog log;
  private final Sinks.Many<Command> toSend = Sinks.many().unicast().onBackpressureBuffer();
  private final Sinks.Many<Command> toAsk = Sinks.many().unicast().onBackpressureBuffer();
  private final Map<HostId, Long> lastSamples = new HashMap<>();
  private boolean alive = true;

  /**
   * A controller with a claim.
   *
   * @param heeds whether a host's device listens to priorities, for the oracle
   */
  ControllerNode(
      World world,
      long epoch,
      PolicySet policies,
      CommandFlow.Agents agents,
      Map<HostId, Boolean> heeds) {
    this.world = world;
    this.name = "controller-" + epoch;
    this.heeds = heeds;
    SplittableRandom random = new SplittableRandom(world.random.nextLong());
    DispatchCounters counters = new DispatchCounters();
    step = new FleetEngine(EngineSettings.DEFAULT, random, name);
    commands = new CommandFlow(agents, _ -> true, this, world.time, counters, random);
    snapshots = new CommandFlow(agents, _ -> true, this, world.time, counters, random);
    messages = new MessageFactory(() -> OptionalLong.of(epoch), name, world::wall, random);
    log = new EffectLog(counters);
    Disposable _ = commands.sendInOrder(toSend.asFlux()).subscribe();
    Disposable _ = snapshots.sendInAnyOrder(toAsk.asFlux()).subscribe();
    world.say(name + " starts");
    take(new Input.PoliciesLoaded(world.parts.policies(policies)));
    world.snapshots.values().stream()
        .sorted((a, b) -> a.origin().host().value().compareTo(b.origin().host().value()))
        .forEach(snapshot -> take(new Input.MappingChanged(snapshot)));
    take(new Input.LeadershipGained(epoch));
  }

  boolean alive() {
    return alive;
  }

  void tick() {
    take(new Input.Tick());
  }

  void kill() {
    world.say(name + " dies");
    alive = false;
    commands.abandon("the controller died");
    snapshots.abandon("the controller died");
  }

  void take(Input input) {
    if (!alive) {
      return;
    }
    if (input instanceof Input.SampleBatch(HostId host, var _)) {
      lastSamples.put(host, world.now());
    }
    if (input instanceof Input.OutcomeReceived(Outcome outcome)) {
      commands.resolve(outcome); // as the intake does: it may come where the answer got lost
    }
    List<Effect> effects =
        world.parts.effects(step.step(input, new Moment(world.now(), world.wall())));
    world.oracle.wants(effects, lastSamples, heeds);
    effects.forEach(this::carryOut);
  }

  private void carryOut(Effect effect) {
    switch (effect) {
      case Effect.SendCommand(Command command) -> {
        world.say(name + " sends " + command.host() + " " + command.action());
        toSend.tryEmitNext(command).orThrow();
      }
      case Effect.PublishAlert(Alert alert) ->
          world.say("%s alert %s %s".formatted(name, alert.host(), alert.state().wire()));
      default -> {
        Command asked = messages.snapshotRequest(effect);
        if (asked != null) {
          toAsk.tryEmitNext(asked).orThrow();
        }
      }
    }
    log.accept(effect);
  }

  @Override
  public void outcome(Outcome outcome) {
    take(new Input.OutcomeReceived(outcome));
  }

  @Override
  public void abandoned(HostId host, MessageId command, String why) {
    take(new Input.CommandAbandoned(command, why));
  }
}
