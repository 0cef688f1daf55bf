package io.blkwarden.controller.replay;

import io.blkwarden.controller.engine.Effect;
import io.blkwarden.controller.engine.FleetEngine;
import io.blkwarden.controller.engine.Input;
import io.blkwarden.controller.engine.Moment;
import io.blkwarden.controller.throttle.Decision;
import io.blkwarden.model.DomainRef;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.Restraint;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.Command;
import io.blkwarden.model.message.CommandAction;
import io.blkwarden.model.message.Heartbeat;
import io.blkwarden.model.message.Outcome;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Agents that carry out every command at once and keep leases.
 *
 * <p>Refusals of real agents, such as for a worker that has changed, are not simulated.
 */
public final class SimulatedAgents {
  private final RandomGenerator random;
  private final Map<MessageId, Lease> leases = new LinkedHashMap<>();

  private record Lease(
      HostId host, UUID boot, DomainRef domain, String vdev, Restraint restraint, long ends) {}

  /** Agents without leases. */
  public SimulatedAgents(RandomGenerator random) {
    this.random = random;
  }

  /** Receives what an engine does. */
  public interface Effects {
    /** A command, before its outcome. */
    void command(Command command);

    /** An alert. */
    void alert(Alert alert);

    /** A decision. */
    void decision(Decision decision);
  }

  /** Passes an input to an engine, then the outcomes of its commands, until there are no more. */
  public void feed(FleetEngine engine, Input input, Moment now, Effects effects) {
    ArrayDeque<Input> inputs = new ArrayDeque<>(List.of(input));
    while (!inputs.isEmpty()) {
      for (Effect effect : engine.step(inputs.remove(), now)) {
        switch (effect) {
          case Effect.SendCommand(Command command) -> {
            effects.command(command);
            inputs.add(new Input.OutcomeReceived(answer(command, now)));
          }
          case Effect.PublishAlert(Alert alert) -> effects.alert(alert);
          case Effect.RecordDecision(Decision decision) -> effects.decision(decision);
          case Effect.Failed failed -> throw failed.fault();
          default -> {}
        }
      }
    }
  }

  /** Carries out a command; returns its outcome. */
  public Outcome answer(Command command, Moment now) {
    return switch (command.action()) {
      case CommandAction.Set set -> {
        long ends = now.monotonicMillis() + set.leaseMs();
        Lease lease =
            new Lease(command.host(), set.boot(), set.domain(), set.vdev(), set.restraint(), ends);
        Lease before = leases.put(set.lease(), lease);
        boolean same = before != null && before.restraint().equals(lease.restraint());
        Outcome.Result result = same ? Outcome.Result.RENEWED : Outcome.Result.APPLIED;
        yield outcome(command, set.lease(), result, lease, set.leaseMs(), now);
      }
      case CommandAction.Reset(MessageId lease) ->
          outcome(command, lease, Outcome.Result.RELEASED, leases.remove(lease), null, now);
      case CommandAction.ReleaseAll _ -> {
        leases.values().removeIf(lease -> lease.host().equals(command.host()));
        yield outcome(command, null, Outcome.Result.DONE, null, null, now);
      }
      case CommandAction.Snapshot _ -> outcome(command, null, Outcome.Result.DONE, null, null, now);
    };
  }

  private Outcome outcome(
      Command command,
      @Nullable MessageId lease,
      Outcome.Result result,
      @Nullable Lease of,
      @Nullable Long remainingMillis,
      Moment now) {
    return outcome(command.host(), command.id(), lease, result, of, remainingMillis, now);
  }

  /** Removes expired leases; returns their outcomes. */
  public List<Outcome> expired(Moment now) {
    List<Outcome> outcomes = new ArrayList<>();
    for (Map.Entry<MessageId, Lease> each : List.copyOf(leases.entrySet())) {
      Lease lease = each.getValue();
      if (lease.ends() <= now.monotonicMillis()) {
        leases.remove(each.getKey());
        outcomes.add(
            outcome(lease.host(), null, each.getKey(), Outcome.Result.EXPIRED, lease, null, now));
      }
    }
    return outcomes;
  }

  /** A recorded heartbeat, with the leases of the replay instead of the recorded ones. */
  public Heartbeat heartbeat(Heartbeat recorded, long epoch, Moment now) {
    List<Heartbeat.HeldThrottle> active = new ArrayList<>();
    leases.forEach((id, lease) -> {
      if (lease.host().equals(recorded.host())) {
        active.add(
            new Heartbeat.HeldThrottle(
                id,
                lease.domain(),
                lease.vdev(),
                lease.restraint(),
                Math.max(1, lease.ends() - now.monotonicMillis())));
      }
    });
    return recorded.with(epoch, active);
  }

  private Outcome outcome(
      HostId host,
      @Nullable MessageId command,
      @Nullable MessageId lease,
      Outcome.Result result,
      @Nullable Lease of,
      @Nullable Long remainingMillis,
      Moment now) {
    return new Outcome(
        MessageId.of(now.wall().toEpochMilli(), random),
        host,
        of == null ? new UUID(0, 0) : of.boot(),
        now.wall(),
        command,
        lease,
        result,
        null,
        "simulated",
        of == null ? null : of.domain(),
        of == null ? null : of.vdev(),
        List.of(),
        remainingMillis,
        of == null ? null : of.restraint().limitOrNull(),
        null);
  }
}
