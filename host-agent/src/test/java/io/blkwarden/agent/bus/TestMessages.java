package io.blkwarden.agent.bus;

import io.blkwarden.model.DomainRef;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.message.Command;
import io.blkwarden.model.message.CommandAction;
import io.blkwarden.model.message.CounterBase;
import io.blkwarden.model.message.Heartbeat;
import io.blkwarden.model.message.MappingEvent.DomainStarted;
import io.blkwarden.model.message.MappingOrigin;
import io.blkwarden.model.message.MappingSnapshot;
import io.blkwarden.model.message.Outcome;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;

/** Messages for tests. */
public final class TestMessages {
  /** The host. */
  public static final HostId HOST = new HostId("dom0-7.example");

  /** Its boot. */
  public static final UUID BOOT = new UUID(1, 2);

  /** Time of all messages. */
  public static final Instant AT = Instant.parse("2026-11-22T18:00:00Z");

  private TestMessages() {}

  /** An id. */
  public static MessageId id(int number) {
    return MessageId.of(AT.toEpochMilli() + number, new Random(number));
  }

  /** Origin of a map. */
  public static MappingOrigin origin(long revision) {
    return new MappingOrigin(HOST, BOOT, new UUID(3, 4), revision, AT);
  }

  /** A mapping event. */
  public static DomainStarted started(int revision) {
    return new DomainStarted(
        origin(revision), new DomainRef(new UUID(5, revision), revision, "vm" + revision));
  }

  /** A map snapshot without disks. */
  public static MappingSnapshot snapshot(long revision) {
    return new MappingSnapshot(
        origin(revision),
        List.of(),
        List.of(),
        List.of(),
        new CounterBase(revision, List.of("read_ios"), List.of(), List.of()));
  }

  /** An outcome. */
  public static Outcome outcome(int number) {
    return new Outcome(
        id(number),
        HOST,
        BOOT,
        AT,
        null,
        null,
        Outcome.Result.DONE,
        null,
        "outcome " + number,
        null,
        null,
        List.of(),
        null,
        null,
        null);
  }

  /** A heartbeat. */
  public static Heartbeat heartbeat(int number) {
    return new Heartbeat(
        HOST,
        BOOT,
        new UUID(3, 4),
        AT,
        "test",
        number,
        1,
        0,
        true,
        "6.1",
        1_000,
        List.of(),
        List.of(),
        List.of(),
        Map.of(),
        null,
        null,
        List.of());
  }

  /** A command. */
  public static Command command(int number) {
    return new Command(
        id(number), HOST, 1, "controller-1", AT, 5_000, "to see", new CommandAction.Snapshot());
  }
}
