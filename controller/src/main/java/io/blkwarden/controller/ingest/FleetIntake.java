package io.blkwarden.controller.ingest;

import io.blkwarden.controller.bus.FleetBus;
import io.blkwarden.controller.dispatch.OperatorMailbox;
import io.blkwarden.controller.engine.Input;
import io.blkwarden.controller.ingest.EngineInput.Single;
import io.blkwarden.controller.nats.BusMessage;
import io.blkwarden.controller.snapshot.ControllerCounters;
import io.blkwarden.controller.snapshot.ControllerCounters.Kind;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.OperatorKey;
import io.blkwarden.model.Printable;
import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.json.Decoded;
import io.blkwarden.model.message.ControlMessage;
import io.blkwarden.model.message.Heartbeat;
import io.blkwarden.model.message.MappingEvent;
import io.blkwarden.model.message.MappingSnapshot;
import io.blkwarden.model.message.OperatorReply;
import io.blkwarden.model.message.OperatorRequest;
import io.blkwarden.model.message.Outcome;
import io.blkwarden.model.subject.HostToken;
import io.blkwarden.model.subject.Partition;
import io.blkwarden.model.subject.Subjects;
import java.time.InstantSource;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decodes messages, checks that each is about the host of its subject, and admits them to the
 * backlog; thread-safe.
 *
 * <p>Malformed and refused messages are counted and yield nothing.
 */
public final class FleetIntake {
  private static final int SEEN_OUTCOMES_MAX = 65_536;

  private final Subjects subjects;
  private final String heartbeats;
  private final Backlog backlog;
  private final ControllerCounters counters;
  private final MalformedLog faults;
  private final OperatorMailbox mailbox;

  /** Ids of the latest outcomes; older ones would be admitted again, which the engine tolerates. */
  private final Set<MessageId> seenOutcomes =
      Collections.synchronizedSet(
          Collections.newSetFromMap(
              new LinkedHashMap<>() {
                @java.io.Serial private static final long serialVersionUID = 1;

                @Override
                protected boolean removeEldestEntry(Map.Entry<MessageId, Boolean> eldest) {
                  return size() > SEEN_OUTCOMES_MAX;
                }
              }));

  private volatile boolean leading;

  /**
   * Creates the intake of a controller that does not lead.
   *
   * @param mailbox holds operators' requests until they are answered
   */
  public FleetIntake(
      Subjects subjects,
      Backlog backlog,
      ControllerCounters counters,
      InstantSource clock,
      OperatorMailbox mailbox) {
    this.subjects = subjects;
    this.heartbeats = subjects.prefix() + ".agent.";
    this.backlog = backlog;
    this.counters = counters;
    this.faults = new MalformedLog(counters, clock);
    this.mailbox = mailbox;
  }

  ControllerCounters counters() {
    return counters;
  }

  Subjects subjects() {
    return subjects;
  }

  /** Releases an input from the backlog. */
  void release(Single input) {
    if (input.host() != null) {
      backlog.release(input.host(), input.bytes());
    }
  }

  /** Inputs for hosts whose messages were refused; none while the backlog has no room. */
  public List<EngineInput> resyncs() {
    return backlog.takeHostsToResync().stream()
        .map(host -> {
          counters.resyncs.increment();
          return (EngineInput) new Single(new Input.ReportsDropped(host));
        })
        .toList();
  }

  /** The host of a sample subject; absent if the subject is invalid. */
  @Nullable HostId hostOfSample(String subject) {
    HostId host = host(Kind.SAMPLE, subject, 2);
    if (host == null || subjects.sample(host).equals(subject)) {
      return host;
    }
    faults.wrongSubject(
        Kind.SAMPLE, subject, "partition: expected %d for this host".formatted(Partition.of(host)));
    return null;
  }

  void malformedSample(HostId host, Decoded.Malformed<?> fault) {
    faults.report(Kind.SAMPLE, subjects.sample(host), fault);
  }

  /** Decodes a heartbeat or a mapping event. */
  public @Nullable Single readReport(BusMessage message) {
    return message.subject().startsWith(heartbeats)
        ? report(
            Kind.HEARTBEAT, message, Heartbeat.class, Heartbeat::host, Input.HeartbeatReceived::new)
        : report(
            Kind.MAPPING,
            message,
            MappingEvent.class,
            event -> event.origin().host(),
            Input.MappingChanged::new);
  }

  private <T extends ControlMessage> @Nullable Single report(
      Kind kind,
      BusMessage message,
      Class<T> type,
      Function<T, HostId> of,
      Function<T, Input> input) {
    int bytes = message.payload().length;
    T report = read(kind, message.subject(), 2, type, message.payload(), of);
    if (report == null) {
      return null;
    }
    HostId host = of.apply(report);
    if (backlog.admit(host, bytes, Backlog.REPORTS_MAX)) {
      return new Single(input.apply(report), host, bytes);
    }
    ControllerCounters.increment(counters.refused, kind);
    if (kind == Kind.MAPPING) {
      backlog.markForResync(host); // heartbeats repeat themselves, mapping events do not
    }
    return null;
  }

  /** Decodes a stored mapping, which is read on demand and so needs no backlog. */
  public @Nullable Single readStoredMapping(FleetBus.StoredMapping stored) {
    switch (ControlJson.decode(MappingSnapshot.class, stored.json())) {
      case Decoded.Malformed<MappingSnapshot> bad ->
          faults.report(Kind.MAPPING, "stored mappings", bad);
      case Decoded.Ok<MappingSnapshot> ok -> {
        HostId host = ok.value().origin().host();
        if (HostToken.key(host).equals(stored.key())) {
          return new Single(new Input.MappingChanged(ok.value()));
        }
        faults.wrongSubject(
            Kind.MAPPING,
            "stored mapping " + stored.key(),
            "host: expected the host of the key, found " + host);
      }
    }
    return null;
  }

  /** Decodes an outcome. */
  public @Nullable Outcome readOutcome(BusMessage message) {
    return read(
        Kind.OUTCOME, message.subject(), 1, Outcome.class, message.payload(), Outcome::host);
  }

  /**
   * Admits an outcome once; it arrives as the reply to a command and on its subject.
   *
   * <p>Outcomes have room in the backlog beyond that of other messages. When that is full too, the
   * outcome is refused and counted, the host is marked for a resync, and its next heartbeat reports
   * its leases.
   */
  public @Nullable Single admitOutcome(Outcome outcome) {
    if (!seenOutcomes.add(outcome.id())) {
      counters.duplicates.increment();
      return null;
    }
    Single admitted = ofCommand(outcome.host(), new Input.OutcomeReceived(outcome));
    if (admitted == null) {
      seenOutcomes.remove(outcome.id());
    }
    return admitted;
  }

  /** Admits that a command was abandoned. */
  public @Nullable Single commandAbandoned(HostId host, MessageId command, String why) {
    return ofCommand(host, new Input.CommandAbandoned(command, why.isEmpty() ? "no reason" : why));
  }

  private @Nullable Single ofCommand(HostId host, Input input) {
    if (backlog.admit(host, 0, Backlog.OUTCOMES_MAX)) {
      return new Single(input, host, 0);
    }
    ControllerCounters.increment(counters.refused, Kind.OUTCOME);
    backlog.markForResync(host);
    return null;
  }

  /** Sets whether this controller leads, and so answers operators. */
  public void leading(boolean now) {
    leading = now;
  }

  /** Decodes an operator's request, if this controller leads. */
  public @Nullable Single readRequest(BusMessage message) {
    String replyTo = message.replyTo();
    if (!leading || replyTo == null) {
      return null;
    }
    ControllerCounters.increment(counters.received, Kind.OPERATOR);
    Consumer<OperatorReply> requester = mailbox.requester(replyTo);
    return switch (ControlJson.decode(OperatorRequest.class, message.payload())) {
      case Decoded.Malformed<OperatorRequest> bad -> {
        faults.report(Kind.OPERATOR, message.subject(), bad);
        mailbox.refuse(
            requester, "invalid request, at byte %d: %s".formatted(bad.offset(), bad.detail()));
        yield null;
      }
      case Decoded.Ok<OperatorRequest> ok -> readRequest(ok.value(), message.subject(), requester);
    };
  }

  private @Nullable Single readRequest(
      OperatorRequest request, String subject, Consumer<OperatorReply> requester) {
    String verb = request.ask().verb();
    try {
      Subjects.RequestSubject asked = subjects.parseRequest(subject);
      return asked.name().equals(verb)
          ? readRequest(request, asked.key(), requester)
          : wrongRequest(subject, requester, "expected operator." + verb);
    } catch (IllegalArgumentException e) {
      return wrongRequest(subject, requester, String.valueOf(e.getMessage()));
    }
  }

  private @Nullable Single wrongRequest(
      String subject, Consumer<OperatorReply> requester, String why) {
    faults.wrongSubject(Kind.OPERATOR, subject, why);
    mailbox.refuse(requester, "wrong subject: " + why);
    return null;
  }

  /**
   * Admits a decoded request of an operator.
   *
   * @param key NKey of the user, never from the message itself; absent if unknown
   * @return absent if too many wait, which is replied
   */
  public @Nullable Single readRequest(
      OperatorRequest request, @Nullable OperatorKey key, Consumer<OperatorReply> requester) {
    Optional<Long> correlation = mailbox.open(requester);
    if (correlation.isEmpty()) {
      ControllerCounters.increment(counters.refused, Kind.OPERATOR);
      return null;
    }
    return new Single(new Input.RequestReceived(request, key, correlation.get()));
  }

  private <T extends ControlMessage> @Nullable T read(
      Kind kind, String subject, int token, Class<T> type, byte[] json, Function<T, HostId> of) {
    ControllerCounters.increment(counters.received, kind);
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
            kind, subject, "host: expected the host of the subject, found " + of.apply(ok.value()));
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

  /**
   * Counts malformed messages, and logs at most one for each subject and minute.
   *
   * <p>It remembers {@link #MAX_SUBJECTS} subjects; when full it clears them all, so some may be
   * logged twice within a minute.
   */
  private static final class MalformedLog {
    static final int MAX_SUBJECTS = 10_000;

    private static final Logger log = LoggerFactory.getLogger(MalformedLog.class);
    private static final long PERIOD_MILLIS = 60_000;

    private final ControllerCounters counters;
    private final InstantSource clock;
    private final Map<String, Long> lastLogged = new ConcurrentHashMap<>();

    MalformedLog(ControllerCounters counters, InstantSource clock) {
      this.counters = counters;
      this.clock = clock;
    }

    void report(Kind kind, String subject, Decoded.Malformed<?> fault) {
      ControllerCounters.increment(counters.malformed, kind);
      LongAdder count = counters.faults.get(fault.reason());
      if (count != null) {
        count.increment();
      }
      long now = clock.millis();
      Long last = lastLogged.get(subject);
      if (last != null && now - last < PERIOD_MILLIS) {
        return;
      }
      if (lastLogged.size() >= MAX_SUBJECTS) {
        lastLogged.clear();
      }
      lastLogged.put(subject, now);
      log.warn(
          "malformed {} on {}: {} at byte {}: {} (further ones within a minute are only counted)",
          kind.wire(),
          Printable.of(subject),
          fault.reason(),
          fault.offset(),
          Printable.of(fault.detail()));
    }

    void wrongSubject(Kind kind, String subject, String detail) {
      report(kind, subject, new Decoded.Malformed<>(Decoded.Reason.INVALID_FIELD, 0, detail));
    }
  }
}
