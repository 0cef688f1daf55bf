package io.blkwarden.controller.ingest;

import io.blkwarden.controller.bus.StoredMapping;
import io.blkwarden.controller.dispatch.OperatorMailbox;
import io.blkwarden.controller.engine.Input;
import io.blkwarden.controller.ingest.EngineInput.One;
import io.blkwarden.controller.ingest.IntakeCounters.Kind;
import io.blkwarden.controller.nats.BusMessage;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.OperatorKey;
import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.json.Decoded;
import io.blkwarden.model.message.ControlMessage;
import io.blkwarden.model.message.Heartbeat;
import io.blkwarden.model.message.MappingEvent;
import io.blkwarden.model.message.MappingSnapshot;
import io.blkwarden.model.message.OperatorRequest;
import io.blkwarden.model.message.Outcome;
import io.blkwarden.model.subject.HostToken;
import io.blkwarden.model.subject.Partition;
import io.blkwarden.model.subject.Subjects;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads messages, and checks that each is about the host whose subject it came on and that there is
 * room for it; safe for use by several threads.
 *
 * <p>What means nothing valid, or finds no room, is counted, and nothing is made of it.
 */
public final class FleetIntake {
  private final Subjects subjects;
  private final String heartbeats;
  private final Backlog backlog;
  private final IntakeCounters counters;
  private final FaultLog faults;
  private final OperatorMailbox mailbox;
  private final SeenOutcomes seen = new SeenOutcomes();
  private volatile boolean leads;

  /**
   * An intake of a controller that does not lead.
   *
   * @param mailbox keeps who waits for an answer
   */
  public FleetIntake(
      Subjects subjects,
      Backlog backlog,
      IntakeCounters counters,
      InstantSource clock,
      OperatorMailbox mailbox) {
    this.subjects = subjects;
    this.heartbeats = subjects.prefix() + ".agent.";
    this.backlog = backlog;
    this.counters = counters;
    this.faults = new FaultLog(counters, clock);
    this.mailbox = mailbox;
  }

  /** Whose samples these are; absent when the subject is none of a host's. */
  @Nullable HostId hostOfSample(String subject) {
    HostId host = host(Kind.SAMPLE, subject, 2);
    if (host == null || subjects.sample(host).equals(subject)) {
      return host;
    }
    faults.wrongSubject(
        Kind.SAMPLE, subject, "partition: expected %d for this host".formatted(Partition.of(host)));
    return null;
  }

  /** Takes note of samples that mean nothing valid. */
  void malformedSample(String subject, Decoded.Malformed<?> fault) {
    faults.report(Kind.SAMPLE, subject, fault);
  }

  /** Reads a heartbeat or a change of a host's map. */
  public @Nullable One report(BusMessage message) {
    String subject = message.subject();
    byte[] json = message.payload();
    if (subject.startsWith(heartbeats)) {
      Heartbeat beat = read(Kind.HEARTBEAT, subject, 2, Heartbeat.class, json, Heartbeat::host);
      return beat == null
          ? null
          : admitted(Kind.HEARTBEAT, beat.host(), new Input.HeartbeatReceived(beat), json.length);
    }
    MappingEvent event =
        read(Kind.MAPPING, subject, 2, MappingEvent.class, json, e -> e.origin().host());
    return event == null
        ? null
        : admitted(
            Kind.MAPPING, event.origin().host(), new Input.MappingChanged(event), json.length);
  }

  private @Nullable One admitted(Kind kind, HostId host, Input input, int bytes) {
    if (backlog.admit(host, bytes, Backlog.REPORTS_MAX)) {
      return new One(input, host, bytes);
    }
    IntakeCounters.increment(counters.refused, kind);
    if (kind == Kind.MAPPING) {
      backlog.mark(host); // the next heartbeat says all that this one did
    }
    return null;
  }

  /** Reads a stored map; its flow is only asked for as many as there is room for. */
  public @Nullable One stored(StoredMapping stored) {
    switch (ControlJson.decode(MappingSnapshot.class, stored.json())) {
      case Decoded.Malformed<MappingSnapshot> bad ->
          faults.report(Kind.MAPPING, "the stored mappings", bad);
      case Decoded.Ok<MappingSnapshot> ok -> {
        HostId host = ok.value().origin().host();
        if (HostToken.key(host).equals(stored.key())) {
          return new One(new Input.MappingChanged(ok.value()));
        }
        faults.wrongSubject(
            Kind.MAPPING,
            "stored mapping " + stored.key(),
            "host: expected that of the key, found " + host);
      }
    }
    return null;
  }

  /** Reads an outcome. */
  public @Nullable Outcome outcome(BusMessage message) {
    return read(
        Kind.OUTCOME, message.subject(), 1, Outcome.class, message.payload(), Outcome::host);
  }

  /**
   * An outcome for the engine, once, whichever way it came.
   *
   * <p>There is room for these beyond what other messages may fill. When that is full too, the
   * outcome is refused, counted and its host's map asked for, and the host's next heartbeat tells
   * which leases it holds.
   */
  public @Nullable One first(Outcome outcome) {
    if (!seen.add(outcome.id())) {
      counters.duplicates.increment();
      return null;
    }
    One one = ofCommand(outcome.host(), new Input.OutcomeReceived(outcome));
    if (one == null) {
      seen.remove(outcome.id());
    }
    return one;
  }

  /** A command was given up. */
  public @Nullable One lost(HostId host, MessageId command, String why) {
    return ofCommand(host, new Input.CommandAbandoned(command, why.isEmpty() ? "no reason" : why));
  }

  private @Nullable One ofCommand(HostId host, Input input) {
    if (backlog.admit(host, 0, Backlog.OUTCOMES_MAX)) {
      return new One(input, host, 0);
    }
    IntakeCounters.increment(counters.refused, Kind.OUTCOME);
    backlog.mark(host);
    return null;
  }

  /** Whether this controller leads from now on, and so answers people. */
  public void leads(boolean now) {
    leads = now;
  }

  /** Reads a person's request, unless another controller leads and so answers. */
  public @Nullable One request(BusMessage message) {
    String replyTo = message.replyTo();
    if (!leads || replyTo == null) {
      return null;
    }
    IntakeCounters.increment(counters.received, Kind.OPERATOR);
    return switch (ControlJson.decode(OperatorRequest.class, message.payload())) {
      case Decoded.Malformed<OperatorRequest> bad -> {
        faults.report(Kind.OPERATOR, message.subject(), bad);
        mailbox.refuse(
            replyTo,
            "the request cannot be read, at byte %d: %s".formatted(bad.offset(), bad.detail()));
        yield null;
      }
      case Decoded.Ok<OperatorRequest> ok -> request(ok.value(), message.subject(), replyTo);
    };
  }

  private @Nullable One request(OperatorRequest request, String subject, String replyTo) {
    String verb = request.ask().verb();
    try {
      Subjects.RequestSubject asked = subjects.parseRequest(subject);
      return asked.name().equals(verb)
          ? request(request, asked.key(), replyTo)
          : wrongRequest(subject, replyTo, "expected operator." + verb);
    } catch (IllegalArgumentException e) {
      return wrongRequest(subject, replyTo, String.valueOf(e.getMessage()));
    }
  }

  private @Nullable One wrongRequest(String subject, String replyTo, String why) {
    faults.wrongSubject(Kind.OPERATOR, subject, why);
    mailbox.refuse(replyTo, "wrong subject: " + why);
    return null;
  }

  /**
   * Takes a person's request that is read already; it is answered some time.
   *
   * @param key NKey of the user, never from the message itself; absent if it is not known
   * @return nothing when too many wait, which the person is told
   */
  public @Nullable One request(OperatorRequest request, @Nullable OperatorKey key, String replyTo) {
    Optional<Long> correlation = mailbox.open(replyTo);
    if (correlation.isEmpty()) {
      IntakeCounters.increment(counters.refused, Kind.OPERATOR);
      return null;
    }
    return new One(new Input.RequestReceived(request, key, correlation.get()));
  }

  private <T extends ControlMessage> @Nullable T read(
      Kind kind, String subject, int token, Class<T> type, byte[] json, Function<T, HostId> of) {
    IntakeCounters.increment(counters.received, kind);
    HostId host = host(kind, subject, token);
    if (host == null) {
      return null;
    }
    switch (ControlJson.decode(type, json)) {
      case Decoded.Malformed<T> bad -> faults.report(kind, subject, bad);
      case Decoded.Ok<T> ok -> {
        if (of.apply(ok.value()).equals(host)) {
          return ok.value();
        }
        faults.wrongSubject(
            kind, subject, "host: expected that of the subject, found " + of.apply(ok.value()));
      }
    }
    return null;
  }

  private @Nullable HostId host(Kind kind, String subject, int token) {
    try {
      return subjects.hostOf(subject, token);
    } catch (IllegalArgumentException e) {
      faults.wrongSubject(kind, subject, String.valueOf(e.getMessage()));
      return null;
    }
  }
}
