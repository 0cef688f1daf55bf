package io.blkwarden.controller.dispatch;

import io.blkwarden.controller.engine.Effect;
import io.blkwarden.controller.throttle.Decision;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.message.Command;
import io.blkwarden.model.message.CommandAction;
import io.blkwarden.model.message.DecisionNote;
import java.time.InstantSource;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Creates the messages that carry this controller's name and epoch.
 *
 * @param epoch of this controller; absent unless it leads
 * @param issuer name of this controller
 */
public record MessageFactory(
    Supplier<OptionalLong> epoch, String issuer, InstantSource clock, RandomGenerator random) {
  private static final long SNAPSHOT_EXPIRES_MILLIS = 5_000;

  /** The message of a decision, without numbers that were not measured. */
  public DecisionNote decision(Decision decision) {
    OptionalLong leading = epoch.get();
    Map<String, Double> numbers = new TreeMap<>(decision.numbers());
    numbers.values().removeIf(value -> !Double.isFinite(value));
    return new DecisionNote(
        MessageId.of(clock.millis(), random),
        decision.at(),
        issuer,
        leading.isPresent() ? leading.getAsLong() : null,
        decision.host(),
        decision.domain(),
        decision.vdev(),
        decision.policy(),
        decision.alert(),
        DecisionNote.Verdict.valueOf(decision.verdict().name()),
        decision.guard(),
        decision.throttle(),
        decision.reason(),
        numbers,
        decision.requestedByKey());
  }

  /**
   * The command that requests an agent's mapping or announces the leader; null for other effects,
   * and unless this controller leads.
   */
  public @Nullable Command snapshotRequest(Effect effect) {
    return switch (effect) {
      case Effect.RequestMap(HostId host) ->
          command(host, "mapping incomplete", new CommandAction.Snapshot());
      case Effect.AnnounceLeader(HostId host, CommandAction.Revision known) ->
          command(
              host, "agent does not know the current leader", new CommandAction.Snapshot(known));
      default -> null;
    };
  }

  private @Nullable Command command(HostId host, String why, CommandAction.Snapshot action) {
    OptionalLong leading = epoch.get();
    return leading.isEmpty()
        ? null
        : new Command(
            MessageId.of(clock.millis(), random),
            host,
            leading.getAsLong(),
            issuer,
            clock.instant(),
            SNAPSHOT_EXPIRES_MILLIS,
            why,
            action);
  }
}
