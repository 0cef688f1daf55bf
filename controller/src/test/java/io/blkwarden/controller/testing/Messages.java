package io.blkwarden.controller.testing;

import io.blkwarden.model.DomainRef;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.Command;
import io.blkwarden.model.message.CommandAction;
import io.blkwarden.model.message.DecisionNote;
import io.blkwarden.model.message.Heartbeat;
import io.blkwarden.model.message.Outcome;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;

/** Valid messages for tests. */
public final class Messages {
  /** A point in time. */
  public static final Instant AT = Instant.parse("2026-11-22T18:00:05.120Z");

  private Messages() {}

  /** An ID for a number. */
  public static MessageId id(long number) {
    return MessageId.of(AT.toEpochMilli() + number, new SplittableRandom(number));
  }

  /** An alert in a state. */
  public static Alert alert(long number, Alert.State state) {
    return alert(number, state, Alert.Severity.WARNING);
  }

  /** An alert of a severity. */
  public static Alert alert(long number, Alert.State state, Alert.Severity severity) {
    return new Alert(
        id(number),
        null,
        state,
        severity,
        "swap-storm",
        new HostId("dom0-7"),
        new DomainRef(new UUID(3, 4), 137, "vm176"),
        null,
        AT,
        AT.plusSeconds(state == Alert.State.FIRING ? 0 : 1),
        new Alert.Condition("iops", 812.4, 200, 10_000, 100),
        new Alert.Evidence(null, null, null, null, null, null, List.of()),
        null,
        "vm176 has swapped " + number,
        null,
        null,
        null,
        null,
        null);
  }

  /** A refusal by a safety check. */
  public static DecisionNote decision(long number) {
    return new DecisionNote(
        id(number),
        AT.plusMillis(number),
        "c1",
        7L,
        new HostId("dom0-7"),
        new DomainRef(new UUID(3, 4), 137, "vm176"),
        "xvda2",
        "swap-storm",
        id(1_000_000),
        DecisionNote.Verdict.REFUSE,
        "brake",
        null,
        "not throttled: enough disks are already",
        Map.of("iops", 812.4, "above", 200.0),
        null);
  }

  /** A command that asks for a snapshot. */
  public static Command command(long number, HostId host, long expiresInMs) {
    return new Command(
        id(number), host, 7, "test", AT, expiresInMs, "for a test", new CommandAction.Snapshot());
  }

  /** A heartbeat of an agent without leases. */
  public static Heartbeat beat(HostId host) {
    return beat(host, List.of());
  }

  /** The same with the health of its sources. */
  public static Heartbeat beat(HostId host, List<Heartbeat.ProbeHealth> probes) {
    return new Heartbeat(
        host,
        new UUID(0, 1),
        new UUID(0, 2),
        AT,
        "1",
        1_000,
        1,
        1,
        true,
        "6.1",
        1_000,
        List.of(),
        probes,
        List.of(),
        Map.of(),
        false,
        null,
        List.of());
  }

  /** An agent's answer to a command. */
  public static Outcome done(Command command, long number) {
    return new Outcome(
        id(number),
        command.host(),
        new UUID(1, 2),
        AT,
        command.id(),
        null,
        Outcome.Result.DONE,
        null,
        "done",
        null,
        null,
        List.of(),
        null,
        null,
        null);
  }
}
