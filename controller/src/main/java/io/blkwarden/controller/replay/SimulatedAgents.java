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

    /** The end of a lease that was not renewed, before its outcome. */
    void expired(MessageId lease);
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

  /** Passes the outcomes of expired leases to an engine, then a tick. */
  public void tick(FleetEngine engine, Moment now, Effects effects) {
    expired(now)
        .forEach((lease, outcome) -> {
          effects.expired(lease);
          feed(engine, new Input.OutcomeReceived(outcome), now, effects);
        });
    feed(engine, new Input.Tick(), now, effects);
  }

  /** Carries out a command; returns its outcome. */
  public Outcome answer(Command command, Moment now) {
    MessageId id = null;
    Outcome.Result result = Outcome.Result.DONE;
    Lease lease = null;
    Long remainingMillis = null;
    switch (command.action()) {
      case CommandAction.Set set -> {
        id = set.lease();
        remainingMillis = set.leaseMs();
        long ends = now.monotonicMillis() + set.leaseMs();
        lease =
            new Lease(command.host(), set.boot(), set.domain(), set.vdev(), set.restraint(), ends);
        Lease before = leases.put(id, lease);
        boolean same = before != null && before.restraint().equals(lease.restraint());
        result = same ? Outcome.Result.RENEWED : Outcome.Result.APPLIED;
      }
      case CommandAction.Reset(MessageId ended) -> {
        id = ended;
        result = Outcome.Result.RELEASED;
        lease = leases.remove(ended);
      }
      case CommandAction.ReleaseAll _ ->
          leases.values().removeIf(each -> each.host().equals(command.host()));
      case CommandAction.Snapshot _ -> {}
    }
    return outcome(command.host(), command.id(), id, result, lease, remainingMillis, now);
  }

  /** Removes expired leases; returns their outcomes. */
  private Map<MessageId, Outcome> expired(Moment now) {
    Map<MessageId, Outcome> outcomes = new LinkedHashMap<>();
    leases.forEach((id, lease) -> {
      if (lease.ends() <= now.monotonicMillis()) {
        outcomes.put(id, outcome(lease.host(), null, id, Outcome.Result.EXPIRED, lease, null, now));
      }
    });
    leases.keySet().removeAll(outcomes.keySet());
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
                Math.max(1, lease.ends() - now.monotonicMillis()),
                null));
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
