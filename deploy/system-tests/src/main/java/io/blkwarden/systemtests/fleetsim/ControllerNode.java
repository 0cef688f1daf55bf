package io.blkwarden.systemtests.fleetsim;

import io.blkwarden.controller.dispatch.CommandCall;
import io.blkwarden.controller.dispatch.CommandDesk;
import io.blkwarden.controller.dispatch.DispatchCounters;
import io.blkwarden.controller.dispatch.EffectDispatch;
import io.blkwarden.controller.dispatch.OperatorMailbox;
import io.blkwarden.controller.policy.PolicySet;
import io.blkwarden.controller.step.ControlStep;
import io.blkwarden.controller.step.Effect;
import io.blkwarden.controller.step.Input;
import io.blkwarden.controller.step.Moment;
import io.blkwarden.controller.step.StepSettings;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.message.Outcome;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SplittableRandom;

/** The real step and the real dispatch of one controller. */
final class ControllerNode implements CommandDesk.Feedback {
  private final World world;
  private final String name;
  private final Map<HostId, Boolean> heeds;
  private final ControlStep step;
  private final CommandDesk commands;
  private final CommandDesk snapshots;
  private final EffectDispatch dispatch;
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
      CommandCall.Sender sender,
      Map<HostId, Boolean> heeds) {
    this.world = world;
    this.name = "controller-" + epoch;
    this.heeds = heeds;
    SplittableRandom random = new SplittableRandom(world.random.nextLong());
    DispatchCounters counters = new DispatchCounters();
    step = new ControlStep(StepSettings.DEFAULT, random, name);
    CommandCall call = new CommandCall(sender, any -> true, world.time, counters, random);
    commands = new CommandDesk(call, this, world.time, counters);
    snapshots = new CommandDesk(call, this, world.time, counters);
    dispatch =
        new EffectDispatch(
            commands,
            snapshots,
            alert ->
                world.say("%s alert %s %s".formatted(name, alert.host(), alert.state().wire())),
            _ -> {},
            _ -> {},
            _ -> {},
            _ -> {},
            _ -> {},
            new OperatorMailbox((_, _) -> {}, world::wall, counters),
            () -> OptionalLong.of(epoch),
            name,
            world::wall,
            random,
            counters);
    world.say(name + " starts");
    take(new Input.PoliciesLoaded(world.parts.policies(policies)));
    world.snapshots.values().stream()
        .sorted((a, b) -> a.origin().host().value().compareTo(b.origin().host().value()))
        .forEach(snapshot -> take(new Input.Mapped(snapshot)));
    take(new Input.Claimed(epoch));
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
    if (input instanceof Input.Sampled(HostId host, var _)) {
      lastSamples.put(host, world.now());
    }
    if (input instanceof Input.OutcomeSeen(Outcome outcome)) {
      commands.settled(outcome); // as the intake does: it may come where the answer got lost
    }
    List<Effect> effects =
        world.parts.effects(step.step(input, new Moment(world.now(), world.wall())));
    world.oracle.wants(effects, lastSamples, heeds);
    for (Effect effect : effects) {
      if (effect instanceof Effect.Send(var command)) {
        world.say(name + " sends " + command.host() + " " + command.action());
      }
      dispatch.accept(effect);
    }
  }

  @Override
  public void outcome(Outcome outcome) {
    take(new Input.OutcomeSeen(outcome));
  }

  @Override
  public void lost(HostId host, MessageId command, String why) {
    take(new Input.CommandLost(command, why));
  }
}
