package io.blkwarden.controller.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.controller.bus.FleetBus;
import io.blkwarden.controller.dispatch.OperatorMailbox;
import io.blkwarden.controller.engine.Input;
import io.blkwarden.controller.ingest.EngineInput.Single;
import io.blkwarden.controller.nats.BusMessage;
import io.blkwarden.controller.snapshot.ControllerCounters;
import io.blkwarden.controller.snapshot.ControllerCounters.Kind;
import io.blkwarden.controller.testing.Messages;
import io.blkwarden.model.HostId;
import io.blkwarden.model.OperatorKey;
import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.json.Decoded;
import io.blkwarden.model.message.CounterBase;
import io.blkwarden.model.message.MappingOrigin;
import io.blkwarden.model.message.MappingSnapshot;
import io.blkwarden.model.message.OperatorRequest;
import io.blkwarden.model.message.Outcome;
import io.blkwarden.model.sample.SampleCodec;
import io.blkwarden.model.subject.HostToken;
import io.blkwarden.model.subject.Subjects;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class FleetIntakeTest {
  private static final Subjects SUBJECTS = Subjects.DEFAULT;
  private static final HostId HOST = new HostId("dom0-7");

  private final ControllerCounters counters = new ControllerCounters();
  private final Backlog backlog = new Backlog();
  private final List<String> refused = new ArrayList<>();
  private final InstantSource clock = InstantSource.fixed(Messages.AT);
  private final FleetIntake intake =
      new FleetIntake(
          SUBJECTS,
          backlog,
          counters,
          clock,
          new OperatorMailbox(
              (_, reply) -> refused.add(reply.detail()), clock, new ControllerCounters()));

  private static long count(Map<Kind, LongAdder> counts, Kind kind) {
    LongAdder count = counts.get(kind);
    return count == null ? -1 : count.sum();
  }

  private static MappingSnapshot snapshot(HostId host, long revision) {
    return new MappingSnapshot(
        new MappingOrigin(host, new UUID(1, 2), new UUID(5, 6), revision, Instant.EPOCH),
        List.of(),
        List.of(),
        List.of(),
        new CounterBase(1, List.of(), List.of(), List.of()));
  }

  private @Nullable Single mapping(HostId on, byte[] json) {
    return intake.readReport(new BusMessage(SUBJECTS.mapping(on, "snapshot"), null, json));
  }

  private @Nullable Single beat(byte[] json) {
    return intake.readReport(new BusMessage(SUBJECTS.heartbeat(HOST), null, json));
  }

  @Test
  void countsMalformedMessagesByFault() {
    assertThat(intake.hostOfSample("blkwarden.v1.sample.0.%zz")).isNull();
    assertThat(intake.hostOfSample("blkwarden.v1.sample.99.dom0-7")).isNull();
    intake.malformedSample(
        HOST,
        new Decoded.Malformed<>(
            Decoded.Reason.TOO_LARGE, 0, "found %d bytes".formatted(SampleCodec.MAX_BYTES + 1)));
    assertThat(mapping(HOST, new byte[] {'{'})).isNull();
    assertThat(mapping(HOST, ControlJson.encode(snapshot(new HostId("dom0-8"), 1)))).isNull();
    assertThat(beat(new byte[ControlJson.MAX_BYTES + 1])).isNull();
    assertThat(intake.readOutcome(new BusMessage(SUBJECTS.outcome(HOST), null, new byte[0])))
        .isNull();

    assertThat(count(counters.malformed, Kind.SAMPLE)).isEqualTo(3);
    assertThat(count(counters.malformed, Kind.MAPPING)).isEqualTo(2);
    assertThat(count(counters.malformed, Kind.HEARTBEAT)).isEqualTo(1);
    assertThat(count(counters.malformed, Kind.OUTCOME)).isEqualTo(1);
    assertThat(counters.faults.get(Decoded.Reason.TOO_LARGE))
        .satisfies(c -> assertThat(c.sum()).isEqualTo(2));
  }

  @Test
  void refusesTooManyReportsOfAHostAndResyncsIt() {
    byte[] json = ControlJson.encode(snapshot(HOST, 1));
    for (int i = 0; i < Backlog.REPORTS_MAX; i++) {
      assertThat(mapping(HOST, json)).isNotNull();
    }
    assertThat(mapping(HOST, json)).isNull();
    HostId other = new HostId("dom0-8");
    assertThat(mapping(other, ControlJson.encode(snapshot(other, 1)))).isNotNull();
    assertThat(intake.commandAbandoned(HOST, Messages.id(1), "no answer"))
        .as("still has room")
        .isNotNull();

    assertThat(count(counters.refused, Kind.MAPPING)).isEqualTo(1);
    assertThat(backlog.takeHostsToResync()).containsExactly(HOST);
    assertThat(backlog.takeHostsToResync()).isEmpty();
  }

  /** With messages of the maximum size. */
  @Test
  void hostCannotFillTheBacklog() {
    int admitted = 0;
    while (backlog.admit(HOST, ControlJson.MAX_BYTES, Backlog.REPORTS_MAX)) {
      admitted++;
    }
    assertThat(admitted).isBetween(2, 4);
    assertThat(backlog.admit(new HostId("dom0-8"), ControlJson.MAX_BYTES, Backlog.REPORTS_MAX))
        .isTrue();

    for (int i = 0; i < admitted; i++) {
      backlog.release(HOST, ControlJson.MAX_BYTES);
    }
    assertThat(backlog.admit(HOST, 0, 1)).as("no backlog").isTrue();
  }

  @Test
  void refusedHeartbeatNeedsNoResync() {
    while (backlog.admit(HOST, 0, Backlog.REPORTS_MAX)) {
      // until it is full
    }
    assertThat(beat(ControlJson.encode(Messages.beat(HOST)))).isNull();

    assertThat(count(counters.refused, Kind.HEARTBEAT)).isEqualTo(1);
    assertThat(backlog.takeHostsToResync()).isEmpty();
  }

  @Test
  void limitsTheBytesOfAllHostsAndDelaysResyncs() {
    int mebibyte = 1 << 20;
    int taken = 0;
    while (backlog.admit(new HostId("dom0-" + taken), mebibyte, Backlog.REPORTS_MAX)) {
      taken++;
    }
    assertThat((long) taken * mebibyte).isEqualTo(Backlog.BYTES_MAX);
    assertThat(mapping(HOST, ControlJson.encode(snapshot(HOST, 1)))).isNull();
    assertThat(backlog.takeHostsToResync()).isEmpty();

    for (int i = 0; i < taken; i++) {
      backlog.release(new HostId("dom0-" + i), mebibyte);
    }
    assertThat(backlog.takeHostsToResync()).containsExactly(HOST);
    assertThat(mapping(HOST, ControlJson.encode(snapshot(HOST, 1)))).isNotNull();
  }

  /** A host may write anything to its own key. */
  @Test
  void rejectsStoredMappingOfAnotherHost() {
    HostId other = new HostId("dom0.example");
    assertThat(stored(HOST, other)).isNull();
    assertThat(stored(other, HOST)).isNull();
    assertThat(count(counters.malformed, Kind.MAPPING)).isEqualTo(2);

    assertThat(stored(other, other))
        .isEqualTo(new Single(new Input.MappingChanged(snapshot(other, 1))));
  }

  private @Nullable Single stored(HostId under, HostId of) {
    return intake.readStoredMapping(
        new FleetBus.StoredMapping(HostToken.key(under), ControlJson.encode(snapshot(of, 1))));
  }

  @Test
  void admitsAnOutcomeOnce() {
    Outcome outcome = Messages.done(Messages.command(1, HOST, 1_000), 2);

    assertThat(intake.admitOutcome(outcome))
        .isEqualTo(new Single(new Input.OutcomeReceived(outcome), HOST, 0));
    assertThat(intake.admitOutcome(outcome)).isNull();
    assertThat(counters.duplicates.sum()).isEqualTo(1);
  }

  @Test
  void admitsARefusedOutcomeLater() {
    while (backlog.admit(HOST, 0, Backlog.OUTCOMES_MAX)) {
      // until it is full
    }
    Outcome outcome = Messages.done(Messages.command(1, HOST, 1_000), 2);
    assertThat(intake.admitOutcome(outcome)).isNull();
    assertThat(backlog.takeHostsToResync()).containsExactly(HOST);

    backlog.release(HOST, 0);
    assertThat(intake.admitOutcome(outcome)).isNotNull();
  }

  @Test
  void onlyTheLeaderAnswersOperators() {
    OperatorRequest ask = new OperatorRequest("ann", "a test", new OperatorRequest.ReleaseAll());
    BusMessage asked =
        new BusMessage(SUBJECTS.operator("release-all"), "reply", ControlJson.encode(ask));
    assertThat(intake.readRequest(asked)).isNull();
    intake.leading(true);
    assertThat(intake.readRequest(asked))
        .isEqualTo(new Single(new Input.RequestReceived(ask, null, 1)));
    assertThat(
            intake.readRequest(
                new BusMessage(SUBJECTS.operator("throttle"), "reply", ControlJson.encode(ask))))
        .isNull();
    assertThat(intake.readRequest(new BusMessage(asked.subject(), "reply", new byte[] {'{'})))
        .isNull();
    intake.leading(false);
    assertThat(intake.readRequest(asked)).isNull();

    assertThat(refused).hasSize(2);
    assertThat(refused.getFirst()).contains("operator.release-all");
    assertThat(refused.getLast()).startsWith("invalid request");
  }

  /** Only the user with the key may publish on its subject; the body is not trusted. */
  @Test
  void requesterKeyIsThatOfTheSubject() {
    OperatorKey key = new OperatorKey("U" + "A".repeat(55));
    OperatorRequest ask = new OperatorRequest("ann", "a test", new OperatorRequest.PauseSet());
    byte[] claiming =
        new String(ControlJson.encode(ask), UTF_8)
            .replace("\"by\":", "\"requested_by_key\":\"U" + "B".repeat(55) + "\",\"by\":")
            .getBytes(UTF_8);
    intake.leading(true);
    List<@Nullable Single> taken = new ArrayList<>();
    for (String subject :
        List.of(
            SUBJECTS.operator("pause", key),
            SUBJECTS.operator("pause"),
            SUBJECTS.operator("pause") + ".not-a-key",
            SUBJECTS.operator("resume", key))) {
      taken.add(intake.readRequest(new BusMessage(subject, "reply", claiming)));
    }

    assertThat(taken)
        .containsExactly(
            new Single(new Input.RequestReceived(ask, key, 1)),
            new Single(new Input.RequestReceived(ask, null, 2)),
            null,
            null);
    assertThat(refused).hasSize(2);
    assertThat(refused.getFirst()).contains("public key");
    assertThat(refused.getLast()).contains("expected operator.pause");
  }
}
