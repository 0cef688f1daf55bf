package io.blkwarden.controller.dispatch;

import io.blkwarden.commandline.log.LogKeys;
import io.blkwarden.controller.plan.Decision;
import io.blkwarden.controller.spec.FleetSpec;
import io.blkwarden.controller.step.Effect;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.Printable;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.Command;
import io.blkwarden.model.message.CommandAction;
import io.blkwarden.model.message.DecisionNote;
import java.time.InstantSource;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out the step's effects; never waits.
 *
 * <p>Everything it does stands in the log {@code blkwarden.decisions}, a line each.
 */
public final class EffectDispatch implements Consumer<Effect> {
  private static final Logger log = LoggerFactory.getLogger(EffectDispatch.class);
  private static final Logger record = LoggerFactory.getLogger("blkwarden.decisions");
  private static final long SNAPSHOT_EXPIRES_MILLIS = 5_000;

  private final CommandDesk commands;
  private final CommandDesk snapshots;
  private final Consumer<Alert> alerts;
  private final Consumer<DecisionNote> decisions;
  private final Consumer<HostId> storedSnapshots;
  private final Consumer<FleetSpec> specs;
  private final Consumer<Effect.Forget> forgets;
  private final Consumer<Effect.Store> stores;
  private final OperatorMailbox operators;
  private final Supplier<OptionalLong> epoch;
  private final String issuer;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final DispatchCounters counters;

  /**
   * A dispatch.
   *
   * @param commands for the brain's commands
   * @param snapshots for requests for snapshots, apart so that many hosts' cannot delay commands
   * @param alerts publishes
   * @param decisions publishes too
   * @param storedSnapshots fetches a host's stored snapshot, when this controller may not command
   * @param specs keeps what was learned of the fleet
   * @param forgets deletes what is stored of a host
   * @param stores writes silences, acknowledgements and the pause
   * @param epoch of the claim, absent while there is none
   * @param issuer name of this controller
   */
  public EffectDispatch(
      CommandDesk commands,
      CommandDesk snapshots,
      Consumer<Alert> alerts,
      Consumer<DecisionNote> decisions,
      Consumer<HostId> storedSnapshots,
      Consumer<FleetSpec> specs,
      Consumer<Effect.Forget> forgets,
      Consumer<Effect.Store> stores,
      OperatorMailbox operators,
      Supplier<OptionalLong> epoch,
      String issuer,
      InstantSource clock,
      RandomGenerator random,
      DispatchCounters counters) {
    this.commands = commands;
    this.snapshots = snapshots;
    this.alerts = alerts;
    this.decisions = decisions;
    this.storedSnapshots = storedSnapshots;
    this.specs = specs;
    this.forgets = forgets;
    this.stores = stores;
    this.operators = operators;
    this.epoch = epoch;
    this.issuer = issuer;
    this.clock = clock;
    this.random = random;
    this.counters = counters;
  }

  @Override
  public void accept(Effect effect) {
    switch (effect) {
      case Effect.Send send -> {
        counters.commands.increment();
        commands.send(send.command()); // it waits for nothing, not even its line in the log
        write(send.command());
      }
      case Effect.Publish publish -> {
        DispatchCounters.increment(counters.alerts, publish.alert().state());
        write(publish.alert());
        alerts.accept(publish.alert());
      }
      case Effect.WantSnapshot want -> wantSnapshot(want.host());
      case Effect.TellClaim tell ->
          epoch
              .get()
              .ifPresent(claim ->
                  ask(
                      tell.host(),
                      claim,
                      "its agent has not heard of this controller's claim",
                      new CommandAction.Snapshot(tell.known())));
      case Effect.Answer answer -> operators.answer(answer.correlation(), answer.reply());
      case Effect.Forget forget -> forgets.accept(forget);
      case Effect.Store store -> stores.accept(store);
      case Effect.Keep keep -> specs.accept(keep.spec());
      case Effect.HostProblem each -> write(each);
      case Effect.Note note -> {
        DispatchCounters.increment(counters.decisions, note.decision().verdict());
        write(note.decision());
        decisions.accept(
            DecisionNotes.of(
                note.decision(), MessageId.of(clock.millis(), random), issuer, epoch.get()));
      }
    }
  }

  private static void write(Command command) {
    try (LogKeys keys = new LogKeys()) {
      keys.put("host", command.host()).put("command", command.id());
      switch (command.action()) {
        case CommandAction.Set set ->
            keys.put(set.domain()).put("disk", set.vdev()).put("lease", set.lease());
        case CommandAction.Reset reset -> keys.put("lease", reset.lease());
        case CommandAction.ReleaseAll _, CommandAction.Snapshot _ -> {}
      }
      record.info("{}", DecisionLine.of(command));
    }
  }

  private static void write(Effect.HostProblem each) {
    try (LogKeys keys = new LogKeys()) {
      keys.put("host", each.host());
      if (each.problem().isEmpty()) {
        log.info("host {}: its problem is over", each.host());
      } else {
        log.warn("host {}: {}", each.host(), Printable.of(each.problem()));
      }
    }
  }

  private static void write(Alert alert) {
    try (LogKeys keys = new LogKeys()) {
      keys.put("host", alert.host()).put(alert.domain());
      Alert.AlertDisk disk = alert.disk();
      keys.put("disk", disk == null ? null : disk.vdev());
      keys.put("policy", alert.policy()).put("alert", alert.id());
      record.info("{}", DecisionLine.of(alert));
    }
  }

  private static void write(Decision decision) {
    try (LogKeys keys = new LogKeys()) {
      keys.put("host", decision.host()).put(decision.domain()).put("disk", decision.vdev());
      keys.put("policy", decision.policy()).put("lease", decision.throttle());
      keys.put("alert", decision.alert()).put("requested_by_key", decision.requestedByKey());
      record.info("{}", DecisionLine.of(decision));
    }
  }

  private void wantSnapshot(HostId host) {
    counters.snapshots.increment();
    OptionalLong claim = epoch.get();
    if (claim.isEmpty()) {
      storedSnapshots.accept(host);
      return;
    }
    String why = "its mapping is not known well enough";
    ask(host, claim.getAsLong(), why, new CommandAction.Snapshot());
  }

  private void ask(HostId host, long claim, String why, CommandAction.Snapshot action) {
    snapshots.sendSoon(
        new Command(
            MessageId.of(clock.millis(), random),
            host,
            claim,
            issuer,
            clock.instant(),
            SNAPSHOT_EXPIRES_MILLIS,
            why,
            action));
  }
}
