package io.blkwarden.controller.ingest;

import io.blkwarden.controller.bus.Claim;
import io.blkwarden.controller.ingest.IntakeCounters.Kind;
import io.blkwarden.controller.said.Said;
import io.blkwarden.controller.spec.FleetSpec;
import io.blkwarden.controller.step.Input;
import io.blkwarden.model.HostId;
import io.blkwarden.model.OperatorKey;
import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.json.Decoded;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.ControlMessage;
import io.blkwarden.model.message.Heartbeat;
import io.blkwarden.model.message.MappingEvent;
import io.blkwarden.model.message.MappingSnapshot;
import io.blkwarden.model.message.OperatorRequest;
import io.blkwarden.model.message.Outcome;
import io.blkwarden.model.sample.SampleCodec;
import io.blkwarden.model.subject.HostToken;
import io.blkwarden.model.subject.Partition;
import io.blkwarden.model.subject.Subjects;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Takes messages in: reads control messages, checks that each is about the host whose subject it
 * came on, and lays it into its lane; samples are laid in unread, for the brain's thread to read.
 */
public final class FleetIntake {
  /** Most hosts whose samples are taken; of more hosts they are refused and counted. */
  public static final int MAX_HOSTS = 65_536;

  /** What has to know of messages besides the brain. */
  public interface Desk {
    /**
     * An operator waits for an answer.
     *
     * @return the correlation of the request; absent when too many wait
     */
    Optional<Long> open(String replyTo);

    /** An operator's request means nothing, or cannot wait; this says why. */
    void refuse(String replyTo, String why);

    /** An outcome came, perhaps of a command that waits for one. */
    void settled(Outcome outcome);

    /** An agent obeys this epoch, or has seen it. */
    void epoch(long epoch);
  }

  private final Subjects subjects;
  private final Lanes lanes;
  private final IntakeCounters counters;
  private final FaultLog faults;
  private final OutcomeIntake outcomes;
  private final Desk desk;
  private final Map<String, SampleSlot> slots = new ConcurrentHashMap<>();
  private volatile boolean commanding;

  /**
   * An intake.
   *
   * @param outcomes takes outcomes
   * @param desk hears of what it has to know
   */
  public FleetIntake(
      Subjects subjects,
      Lanes lanes,
      IntakeCounters counters,
      InstantSource clock,
      OutcomeIntake outcomes,
      Desk desk) {
    this.subjects = subjects;
    this.lanes = lanes;
    this.counters = counters;
    this.faults = new FaultLog(counters, clock);
    this.outcomes = outcomes;
    this.desk = desk;
  }

  /** A batch of samples, in binary. */
  public void sample(String subject, byte[] payload) {
    IntakeCounters.increment(counters.received, Kind.SAMPLE);
    SampleSlot slot = slots.get(subject);
    if (slot == null) {
      slot = newSlot(subject);
      if (slot == null) {
        return;
      }
    }
    if (payload.length > SampleCodec.MAX_BYTES) {
      faults.report(
          Kind.SAMPLE,
          subject,
          new Decoded.Malformed<>(
              Decoded.Reason.TOO_LARGE, 0, "found %d bytes".formatted(payload.length)));
    } else if (slot.put(payload)) {
      counters.conflated.increment();
    }
  }

  /** The host is gone for good; it is taken in again when it speaks. */
  public void forget(HostId host) {
    slots.remove(subjects.sample(host));
  }

  private @Nullable SampleSlot newSlot(String subject) {
    HostId host = host(Kind.SAMPLE, subject, 2);
    if (host == null) {
      return null;
    }
    if (!subjects.sample(host).equals(subject)) {
      faults.wrongSubject(
          Kind.SAMPLE,
          subject,
          "partition: expected %d for this host".formatted(Partition.of(host)));
      return null;
    }
    if (slots.size() >= MAX_HOSTS) {
      counters.hostsRefused.increment();
      return null;
    }
    return slots.computeIfAbsent(subject, key -> new SampleSlot(host, lanes.of(host)));
  }

  /** A mapping event, in JSON. */
  public void mapping(String subject, byte[] payload) {
    MappingEvent event =
        read(Kind.MAPPING, subject, 2, MappingEvent.class, payload, e -> e.origin().host());
    if (event != null) {
      offer(Kind.MAPPING, event.origin().host(), new Input.Mapped(event), payload.length);
    }
  }

  /** A host's last snapshot as the bucket has it; whether there was room for it. */
  public boolean storedMapping(String key, byte[] payload) {
    if (!lanes.roomy()) {
      return false;
    }
    switch (ControlJson.decode(MappingSnapshot.class, payload)) {
      case Decoded.Malformed<MappingSnapshot> bad ->
          faults.report(Kind.MAPPING, "the stored mappings", bad);
      case Decoded.Ok<MappingSnapshot> ok -> {
        HostId host = ok.value().origin().host();
        if (!HostToken.key(host).equals(key)) {
          faults.wrongSubject(
              Kind.MAPPING,
              "stored mapping " + key,
              "host: expected that of the key, found " + host);
          return true;
        }
        return lanes.of(host).offer(new Input.Mapped(ok.value()), payload.length, Lane.LIMIT / 2);
      }
    }
    return true;
  }

  /** What another controller learned of the fleet. */
  public void learned(FleetSpec spec) {
    lanes.put(new Input.SpecLoaded(spec)); // a class each, every 5 minutes
  }

  /** A heartbeat, in JSON. */
  public void heartbeat(String subject, byte[] payload) {
    Heartbeat beat = read(Kind.HEARTBEAT, subject, 2, Heartbeat.class, payload, Heartbeat::host);
    if (beat != null) {
      desk.epoch(beat.epoch());
      offer(Kind.HEARTBEAT, beat.host(), new Input.Beat(beat), payload.length);
    }
  }

  /** An outcome, in JSON. */
  public void outcome(String subject, byte[] payload) {
    Outcome outcome = read(Kind.OUTCOME, subject, 1, Outcome.class, payload, Outcome::host);
    if (outcome != null) {
      desk.settled(outcome);
      outcomes.outcome(outcome);
    }
  }

  /** Takes a person's request, unless another controller holds the claim and so answers. */
  public void operator(String subject, String replyTo, byte[] payload) {
    if (!commanding) {
      return;
    }
    IntakeCounters.increment(counters.received, Kind.OPERATOR);
    switch (ControlJson.decode(OperatorRequest.class, payload)) {
      case Decoded.Malformed<OperatorRequest> bad -> {
        faults.report(Kind.OPERATOR, subject, bad);
        desk.refuse(
            replyTo,
            "the request cannot be read, at byte %d: %s".formatted(bad.offset(), bad.detail()));
      }
      case Decoded.Ok<OperatorRequest> ok -> {
        String verb = ok.value().ask().verb();
        Subjects.Asked asked;
        try {
          asked = subjects.asked(subject);
        } catch (IllegalArgumentException e) {
          wrongRequest(subject, replyTo, String.valueOf(e.getMessage()));
          return;
        }
        if (asked.name().equals(verb)) {
          ask(ok.value(), asked.key(), replyTo);
        } else {
          wrongRequest(subject, replyTo, "expected operator." + verb);
        }
      }
    }
  }

  private void wrongRequest(String subject, String replyTo, String why) {
    faults.wrongSubject(Kind.OPERATOR, subject, why);
    desk.refuse(replyTo, "wrong subject: " + why);
  }

  /**
   * Takes a person's request that can be read; it is answered some time.
   *
   * @param key NKey of the user, never from the message itself; absent if it is not known
   */
  public void ask(OperatorRequest request, @Nullable OperatorKey key, String replyTo) {
    Optional<Long> correlation = desk.open(replyTo);
    if (correlation.isEmpty()) {
      IntakeCounters.increment(counters.laneFull, Kind.OPERATOR);
    } else if (!lanes.offerRequest(new Input.Asked(request, key, correlation.get()))) {
      IntakeCounters.increment(counters.laneFull, Kind.OPERATOR);
      desk.refuse(replyTo, "too many requests wait already: try again in some seconds");
    }
  }

  /** What people said. */
  public void said(Said said) {
    lanes.put(new Input.SaidChanged(said));
  }

  /** These alerts were told and are open. */
  public void openAlerts(List<Alert> open) {
    lanes.put(new Input.AlertsRecalled(open));
  }

  /** The claim to command the fleet changed hands. */
  public void claim(Claim claim) {
    commanding = claim instanceof Claim.Held;
    Input input =
        switch (claim) {
          case Claim.Held held -> new Input.Claimed(held.epoch());
          case Claim.Lost _, Claim.Unknown _ -> new Input.ClaimLost();
        };
    lanes.put(input);
  }

  private void offer(Kind kind, HostId host, Input input, int bytes) {
    if (!lanes.of(host).offer(input, bytes, Lane.LIMIT)) {
      IntakeCounters.increment(counters.laneFull, kind);
      if (kind == Kind.MAPPING) {
        lanes.mark(host); // the next heartbeat says all that this one did
      }
    }
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
