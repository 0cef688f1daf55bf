package io.blkwarden.agent.bus;

import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.json.Decoded;
import io.blkwarden.model.message.Command;
import io.blkwarden.model.subject.Subjects;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Decodes commands and drops those over the {@link CommandLimits}. Not thread-safe; does not block.
 */
public final class CommandReader {
  private final Subjects subjects;
  private final LongSupplier nowMillis;
  private final PendingMessages pending;
  private final BusHealth health;
  private final CommandLimits limits = new CommandLimits();

  /**
   * Creates a reader.
   *
   * @param nowMillis CLOCK_MONOTONIC in ms
   * @param pending receives the replies
   * @param health counts dropped commands
   */
  public CommandReader(
      Subjects subjects, LongSupplier nowMillis, PendingMessages pending, BusHealth health) {
    this.subjects = subjects;
    this.nowMillis = nowMillis;
    this.pending = pending;
    this.health = health;
  }

  /** The command in a message, even if malformed; empty if it is dropped and counted. */
  public Optional<IncomingCommand> read(Session.Delivery message) {
    String to = message.replyTo();
    if (to == null || !subjects.isInbox(to)) {
      return dropped("commands_not_asked");
    }
    long now = nowMillis.getAsLong();
    if (!limits.admits(to, now)) {
      return dropped("commands_over_limit");
    }
    Decoded<Command> decoded = ControlJson.decode(Command.class, message.payload());
    if (decoded instanceof Decoded.Malformed && !limits.admitsMalformed(now)) {
      return dropped("commands_malformed");
    }
    return Optional.of(new IncomingCommand(decoded, now, outcome -> pending.reply(to, outcome)));
  }

  private Optional<IncomingCommand> dropped(String kind) {
    health.drop(kind);
    return Optional.empty();
  }
}
