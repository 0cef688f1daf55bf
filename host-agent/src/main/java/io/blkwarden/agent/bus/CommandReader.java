package io.blkwarden.agent.bus;

import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.json.Decoded;
import io.blkwarden.model.message.Command;
import io.blkwarden.model.subject.Subjects;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/** Decodes commands and drops those over the {@link Limits}. Not thread-safe; does not block. */
public final class CommandReader {
  private final Subjects subjects;
  private final LongSupplier nowMillis;
  private final PendingMessages pending;
  private final Limits limits = new Limits();

  /**
   * Creates a reader.
   *
   * @param nowMillis CLOCK_MONOTONIC in ms
   * @param pending receives the replies
   */
  public CommandReader(Subjects subjects, LongSupplier nowMillis, PendingMessages pending) {
    this.subjects = subjects;
    this.nowMillis = nowMillis;
    this.pending = pending;
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
    return Optional.of(
        new IncomingCommand(decoded, now, false, outcome -> pending.reply(to, outcome)));
  }

  private Optional<IncomingCommand> dropped(String kind) {
    pending.health().drop(kind);
    return Optional.empty();
  }

  /**
   * Rate limits of commands: per sender, and for malformed commands in total. A sender is
   * identified by its reply inbox. The limit admits a controller that ends all leases of a host one
   * by one. Not thread-safe.
   */
  static final class Limits {
    /** Burst of commands per sender. */
    static final int BURST = 2_048;

    /** Rate of commands per sender, per second. */
    static final int PER_SECOND = 100;

    /** Burst of malformed commands; each is answered and recorded. */
    static final int MALFORMED_BURST = 20;

    /** Rate of malformed commands, per second. */
    static final int MALFORMED_PER_SECOND = 2;

    private static final int MAX_SENDERS = 64;

    private final Map<String, Bucket> senders =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
            return size() > MAX_SENDERS;
          }
        };
    private final Bucket malformed = new Bucket(MALFORMED_BURST, MALFORMED_PER_SECOND);

    /** A token bucket. */
    private static final class Bucket {
      private final int burst;
      private final int perSecond;
      private long thousandths;
      private long lastMillis;
      private boolean started;

      Bucket(int burst, int perSecond) {
        this.burst = burst;
        this.perSecond = perSecond;
        this.thousandths = burst * 1_000L;
      }

      boolean take(long nowMillis) {
        long passed = started ? Math.clamp(nowMillis - lastMillis, 0, 3_600_000) : 0;
        started = true;
        lastMillis = nowMillis;
        thousandths = Math.min(burst * 1_000L, thousandths + passed * perSecond);
        if (thousandths < 1_000) {
          return false;
        }
        thousandths -= 1_000;
        return true;
      }
    }

    /** Whether a command of a sender is admitted. */
    boolean admits(String replyTo, long nowMillis) {
      return senders
          .computeIfAbsent(sender(replyTo), _ -> new Bucket(BURST, PER_SECOND))
          .take(nowMillis);
    }

    /** Whether a malformed command is answered. */
    boolean admitsMalformed(long nowMillis) {
      return malformed.take(nowMillis);
    }

    /** The inbox without the token of the request. */
    private static String sender(String replyTo) {
      int end = replyTo.lastIndexOf('.');
      return end < 0 ? replyTo : replyTo.substring(0, end);
    }
  }
}
