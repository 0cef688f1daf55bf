package io.blkwarden.simulation.fleet;

import io.blkwarden.controller.dispatch.CommandFlow;
import io.blkwarden.controller.dispatch.EffectLog;
import io.blkwarden.controller.dispatch.MessageFactory;
import io.blkwarden.controller.engine.Effect;
import io.blkwarden.controller.engine.EngineSettings;
import io.blkwarden.controller.engine.FleetEngine;
import io.blkwarden.controller.engine.Input;
import io.blkwarden.controller.engine.Moment;
import io.blkwarden.controller.policy.PolicySet;
import io.blkwarden.controller.snapshot.ControllerCounters;
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
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

/** The real engine and command dispatch of one controller. */
final class ControllerNode implements CommandFlow.Results {
  private final Environment env;
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
   * A controller that is leader.
   *
   * @param heeds whether priorities are effective on a host's device, for the oracle
   */
  ControllerNode(
      Environment env,
      long epoch,
      PolicySet policies,
      CommandFlow.Agents agents,
      Map<HostId, Boolean> heeds) {
    this.env = env;
    this.name = "controller-" + epoch;
    this.heeds = heeds;
    SplittableRandom random = new SplittableRandom(env.random.nextLong());
    ControllerCounters counters = new ControllerCounters();
    step = new FleetEngine(EngineSettings.DEFAULT, random, name);
    commands = new CommandFlow(agents, _ -> true, this, env.time, counters, random);
    snapshots = new CommandFlow(agents, _ -> true, this, env.time, counters, random);
    messages = new MessageFactory(() -> OptionalLong.of(epoch), name, env::wall, random);
    log = new EffectLog(counters);
    Disposable _ =
        Flux.merge(commands.sendInOrder(toSend.asFlux()), snapshots.sendInAnyOrder(toAsk.asFlux()))
            .subscribe(_ -> {}, Exceptions::throwIfFatal);
    env.log(name + " starts");
    take(new Input.PoliciesLoaded(env.faults.policies.apply(policies)));
    env.snapshots.values().stream()
        .sorted((a, b) -> a.origin().host().value().compareTo(b.origin().host().value()))
        .forEach(snapshot -> take(new Input.MappingChanged(snapshot)));
    take(new Input.LeadershipGained(epoch));
  }

  void tick() {
    take(new Input.Tick());
  }

  void kill() {
    env.log(name + " dies");
    alive = false;
    commands.abandon("the controller died");
    snapshots.abandon("the controller died");
  }

  void take(Input input) {
    if (!alive) {
      return;
    }
    if (input instanceof Input.SampleBatch(HostId host, var _)) {
      lastSamples.put(host, env.now());
    }
    if (input instanceof Input.OutcomeReceived(Outcome outcome)) {
      commands.resolve(outcome); // as the real intake does: the reply may be lost
    }
    List<Effect> effects =
        env.faults.effects.apply(step.step(input, new Moment(env.now(), env.wall())));
    env.oracle.decided(effects, lastSamples, heeds);
    effects.forEach(this::carryOut);
  }

  private void carryOut(Effect effect) {
    switch (effect) {
      case Effect.SendCommand(Command command) -> {
        env.log(name + " sends " + command.host() + " " + command.action());
        toSend.tryEmitNext(command).orThrow();
      }
      case Effect.PublishAlert(Alert alert) ->
          env.log("%s alert %s %s".formatted(name, alert.host(), alert.state().wire()));
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
