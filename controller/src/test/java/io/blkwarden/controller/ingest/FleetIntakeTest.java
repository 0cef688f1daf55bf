package io.blkwarden.controller.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.controller.bus.Claim;
import io.blkwarden.controller.ingest.IntakeCounters.Kind;
import io.blkwarden.controller.step.Input;
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
import io.blkwarden.model.sample.SampleFrame;
import io.blkwarden.model.subject.HostToken;
import io.blkwarden.model.subject.Subjects;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;

final class FleetIntakeTest {
  private static final Subjects SUBJECTS = Subjects.DEFAULT;
  private static final HostId HOST = new HostId("dom0-7");

  private final Lanes lanes = new Lanes();
  private final IntakeCounters counters = new IntakeCounters();
  private final List<Input> inputs = new ArrayList<>();
  private final List<Long> sequences = new ArrayList<>();
  private final AtomicLong epoch = new AtomicLong();
  private final InstantSource clock = InstantSource.fixed(Messages.AT);
  private final FleetIntake intake =
      new FleetIntake(
          SUBJECTS, lanes, counters, clock, new OutcomeIntake(lanes, counters), new Desk());
  private final StepLoop loop =
      new StepLoop(
          lanes,
          (input, now) -> {
            inputs.add(input);
            if (input instanceof Input.Sampled(HostId _, SampleFrame frame)) {
              sequences.add(frame.sequence());
            }
            return List.of();
          },
          effect -> {},
          counters,
          SUBJECTS,
          clock,
          () -> 0L);

  private final List<String> refused = new ArrayList<>();

  private final class Desk implements FleetIntake.Desk {
    @Override
    public Optional<Long> open(String replyTo) {
      return Optional.of(17L);
    }

    @Override
    public void refuse(String replyTo, String why) {
      refused.add(why);
    }

    @Override
    public void settled(Outcome outcome) {}

    @Override
    public void epoch(long seen) {
      epoch.set(seen);
    }
  }

  private void drain() {
    while (loop.round()) {
      // until nothing waits
    }
  }

  private static long count(Map<Kind, LongAdder> counts, Kind kind) {
    LongAdder count = counts.get(kind);
    return count == null ? -1 : count.sum();
  }

  private static byte[] batch(long sequence) {
    SampleFrame frame = new SampleFrame();
    frame.identify(new UUID(5, 6), 1, 1, sequence);
    frame.time(1_000, 1_000, 1_000);
    return SampleCodec.encode(frame);
  }

  private static MappingSnapshot snapshot(HostId host, long revision) {
    return new MappingSnapshot(
        new MappingOrigin(host, new UUID(1, 2), new UUID(5, 6), revision, Instant.EPOCH),
        List.of(),
        List.of(),
        List.of(),
        new CounterBase(1, List.of(), List.of(), List.of()));
  }

  @Test
  void ofAHostsSamplesTheLatestCounts() {
    intake.sample(SUBJECTS.sample(HOST), batch(1));
    intake.sample(SUBJECTS.sample(HOST), batch(2));
    intake.sample(SUBJECTS.sample(new HostId("dom0-8")), batch(3));
    drain();
    intake.sample(SUBJECTS.sample(HOST), batch(4));
    drain();

    assertThat(sequences).containsExactlyInAnyOrder(2L, 3L, 4L).endsWith(4L);
    assertThat(counters.conflated.sum()).isEqualTo(1);
    assertThat(count(counters.received, Kind.SAMPLE)).isEqualTo(4);
  }

  @Test
  void controlMessagesKeepTheirOrder() {
    for (long revision = 1; revision <= 100; revision++) {
      intake.mapping(
          SUBJECTS.mapping(HOST, "snapshot"), ControlJson.encode(snapshot(HOST, revision)));
    }
    drain();

    assertThat(inputs)
        .extracting(i -> i instanceof Input.Mapped m ? m.event().origin().revision() : -1)
        .isSorted()
        .hasSize(100);
  }

  @Test
  void whatMeansNothingIsCountedByFault() {
    intake.sample(SUBJECTS.sample(HOST), "nonsense".getBytes(UTF_8));
    intake.sample(SUBJECTS.sample(HOST), new byte[SampleCodec.MAX_BYTES + 1]);
    intake.sample("blkwarden.v1.sample.0.%zz", batch(1));
    intake.sample("blkwarden.v1.sample.99.dom0-7", batch(1));
    intake.mapping(SUBJECTS.mapping(HOST, "snapshot"), "{".getBytes(UTF_8));
    intake.mapping(
        SUBJECTS.mapping(HOST, "snapshot"),
        ControlJson.encode(snapshot(new HostId("dom0-8"), 1))); // another host's
    intake.heartbeat(SUBJECTS.heartbeat(HOST), new byte[ControlJson.MAX_BYTES + 1]);
    intake.outcome(SUBJECTS.outcome(HOST), new byte[0]);
    drain();

    assertThat(inputs).isEmpty();
    assertThat(count(counters.malformed, Kind.SAMPLE)).isEqualTo(4);
    assertThat(count(counters.malformed, Kind.MAPPING)).isEqualTo(2);
    assertThat(count(counters.malformed, Kind.HEARTBEAT)).isEqualTo(1);
    assertThat(count(counters.malformed, Kind.OUTCOME)).isEqualTo(1);
    assertThat(counters.faults.get(Decoded.Reason.TOO_LARGE))
        .satisfies(c -> assertThat(c.sum()).isEqualTo(2));
  }

  @Test
  void aFullLaneRefusesCountsAndAsksForTheWholeMap() {
    byte[] json = ControlJson.encode(snapshot(HOST, 1));
    for (int i = 0; i < Lane.LIMIT + 5; i++) {
      intake.mapping(SUBJECTS.mapping(HOST, "snapshot"), json);
    }
    OutcomeIntake outcomes = new OutcomeIntake(lanes, counters);
    outcomes.lost(HOST, Messages.id(1), "no answer"); // still has room
    drain();

    assertThat(inputs).hasSize(Lane.LIMIT + 2).contains(new Input.Missed(HOST));
    assertThat(inputs.stream().filter(Input.CommandLost.class::isInstance)).hasSize(1);
    assertThat(count(counters.laneFull, Kind.MAPPING)).isEqualTo(5);
  }

  private void fill(HostId host, int bytes) {
    boolean room = true;
    while (room) {
      room = lanes.of(host).offer(new Input.Tick(), bytes, Lane.LIMIT);
    }
  }

  @Test
  void aHeartbeatThatIsRefusedIsNoReasonToAskForAMap() {
    fill(HOST, 0);
    intake.heartbeat(SUBJECTS.heartbeat(HOST), ControlJson.encode(Messages.beat(HOST)));
    drain();

    assertThat(count(counters.laneFull, Kind.HEARTBEAT)).isEqualTo(1);
    assertThat(inputs).doesNotContain(new Input.Missed(HOST));
  }

  @Test
  void aMapIsNotAskedForBeforeThereIsRoomForIt() {
    fill(new HostId("dom0-9"), 1 << 20);
    intake.mapping(SUBJECTS.mapping(HOST, "snapshot"), ControlJson.encode(snapshot(HOST, 1)));

    assertThat(lanes.pollMarked()).isNull();
    drain();
    assertThat(inputs).contains(new Input.Missed(HOST));
  }

  @Test
  void allLanesTogetherHoldABoundedNumberOfBytes() {
    Lane lane = lanes.of(HOST);
    int mebibyte = 1 << 20;
    int taken = 0;
    while (lane.offer(new Input.Tick(), mebibyte, Lane.LIMIT)) {
      taken++;
    }

    assertThat((long) taken * mebibyte).isEqualTo(Lanes.MAX_WAITING_BYTES);
    assertThat(stored(HOST, HOST)).isFalse();
    drain();
    assertThat(stored(HOST, HOST)).isTrue();
  }

  private boolean stored(HostId under, HostId of) {
    return intake.storedMapping(HostToken.key(under), ControlJson.encode(snapshot(of, 1)));
  }

  /** Each host may write to its own key only, and anything there. */
  @Test
  void aStoredMapOfAnotherHostThanItsKeyIsRejected() {
    HostId other = new HostId("dom0.example");
    assertThat(stored(HOST, other)).isTrue(); // it is not offered again
    assertThat(stored(other, HOST)).isTrue();
    drain();
    assertThat(inputs).isEmpty();
    assertThat(count(counters.malformed, Kind.MAPPING)).isEqualTo(2);

    assertThat(stored(other, other)).isTrue();
    drain();
    assertThat(inputs).containsExactly(new Input.Mapped(snapshot(other, 1)));
  }

  @Test
  void anOutcomeCountsOnceWhicheverWayItComes() {
    Outcome outcome = Messages.done(Messages.command(1, HOST, 1_000), 2);
    OutcomeIntake outcomes = new OutcomeIntake(lanes, counters);
    outcomes.outcome(outcome);
    outcomes.outcome(outcome);
    drain();

    assertThat(inputs).containsExactly(new Input.OutcomeSeen(outcome));
    assertThat(counters.duplicates.sum()).isEqualTo(1);
  }

  @Test
  void onlyTheHolderOfTheClaimHearsPeople() {
    OperatorRequest ask = new OperatorRequest("ann", "a test", new OperatorRequest.ReleaseAll());
    String subject = SUBJECTS.operator("release-all");
    intake.operator(subject, "reply", ControlJson.encode(ask));
    intake.claim(new Claim.Held(7));
    intake.operator(subject, "reply", ControlJson.encode(ask));
    intake.operator(SUBJECTS.operator("throttle"), "reply", ControlJson.encode(ask));
    intake.operator(subject, "reply", new byte[] {'{'});
    intake.claim(new Claim.Lost("c2", 8));
    drain();

    assertThat(inputs)
        .containsExactly(new Input.Claimed(7), new Input.Asked(ask, 17), new Input.ClaimLost());
    assertThat(refused).hasSize(2);
    assertThat(refused.getFirst()).contains("operator.release-all");
    assertThat(refused.getLast()).startsWith("the request cannot be read");
  }

  /** The server grants a subject with a key to its user only; anybody can write a body. */
  @Test
  void whoAsksIsTakenFromTheSubjectAndNeverFromTheMessage() {
    OperatorKey key = new OperatorKey("U" + "A".repeat(55));
    OperatorRequest ask = new OperatorRequest("ann", "a test", new OperatorRequest.PauseSet());
    byte[] claiming =
        new String(ControlJson.encode(ask), UTF_8)
            .replace("\"by\":", "\"requested_by_key\":\"U" + "B".repeat(55) + "\",\"by\":")
            .getBytes(UTF_8);
    intake.claim(new Claim.Held(7));
    intake.operator(SUBJECTS.operator("pause", key), "reply", claiming);
    intake.operator(SUBJECTS.operator("pause"), "reply", claiming);
    intake.operator(SUBJECTS.operator("pause") + ".not-a-key", "reply", claiming);
    intake.operator(SUBJECTS.operator("resume", key), "reply", claiming);
    drain();

    assertThat(inputs)
        .containsExactly(
            new Input.Claimed(7), new Input.Asked(ask, key, 17), new Input.Asked(ask, null, 17));
    assertThat(refused).hasSize(2);
    assertThat(refused.getFirst()).contains("public key");
    assertThat(refused.getLast()).contains("expected operator.pause");
  }

  @Test
  void aStepThatFailsDoesNotStopTheLoop() {
    List<Input> taken = new ArrayList<>();
    StepLoop fragile =
        new StepLoop(
            lanes,
            (input, now) -> {
              taken.add(input);
              throw new IllegalStateException("on purpose");
            },
            effect -> {},
            counters,
            SUBJECTS,
            clock,
            () -> 0L);
    lanes.put(new Input.Claimed(1));
    lanes.put(new Input.ClaimLost());
    assertThat(fragile.round()).isTrue();

    assertThat(taken).hasSize(2);
    assertThat(counters.stepFailures.sum()).isEqualTo(2);
  }
}
