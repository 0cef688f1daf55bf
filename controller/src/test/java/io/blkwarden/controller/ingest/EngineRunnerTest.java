package io.blkwarden.controller.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.controller.dispatch.OperatorMailbox;
import io.blkwarden.controller.engine.Effect;
import io.blkwarden.controller.engine.EngineCore;
import io.blkwarden.controller.engine.Input;
import io.blkwarden.controller.engine.Moment;
import io.blkwarden.controller.nats.BusMessage;
import io.blkwarden.controller.snapshot.ControllerCounters;
import io.blkwarden.controller.testing.Messages;
import io.blkwarden.model.HostId;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.sample.SampleCodec;
import io.blkwarden.model.sample.SampleFrame;
import io.blkwarden.model.subject.Subjects;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;
import reactor.test.scheduler.VirtualTimeScheduler;

final class EngineRunnerTest {
  private static final Subjects SUBJECTS = Subjects.DEFAULT;
  private static final HostId HOST = new HostId("dom0-7");

  private final ControllerCounters counters = new ControllerCounters();
  private final Backlog backlog = new Backlog();
  private final InstantSource clock = InstantSource.fixed(Messages.AT);
  private final FleetIntake intake =
      new FleetIntake(
          SUBJECTS,
          backlog,
          counters,
          clock,
          new OperatorMailbox((_, _) -> {}, clock, new ControllerCounters()));
  private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
  private final LatestBatches batches = new LatestBatches(intake, time);
  private final TestPublisher<BusMessage> samples = TestPublisher.create();
  private final List<Input> inputs = new ArrayList<>();
  private final List<Long> sequences = new ArrayList<>();
  private final List<Throwable> broken = new ArrayList<>();
  private long now = 1_000;
  private Function<Input, List<Effect>> step = _ -> List.of();
  private List<Effect> recovered = List.of();
  private final EngineRunner engine =
      new EngineRunner(new Scripted(), intake, clock, () -> now, _ -> {}, broken::add);

  private final class Scripted implements EngineCore {
    @Override
    public List<Effect> step(Input input, Moment moment) {
      inputs.add(input);
      if (input instanceof Input.SampleBatch(HostId _, SampleFrame frame)) {
        sequences.add(frame.sequence());
      }
      return step.apply(input);
    }

    @Override
    public List<Effect> recover(Input failed) {
      return recovered;
    }
  }

  @AfterEach
  void close() {
    time.dispose();
  }

  private static BusMessage batch(HostId host, long sequence) {
    SampleFrame frame = new SampleFrame();
    frame.identify(new UUID(5, 6), 1, 1, sequence);
    frame.time(1_000, 1_000, 1_000);
    return new BusMessage(SUBJECTS.sample(host), null, SampleCodec.encode(frame));
  }

  private static EngineInput one(Input input) {
    return new EngineInput.Single(input);
  }

  @Test
  void keepsTheLatestBatchAndSignalsOnce() {
    StepVerifier.create(batches.signals(samples.flux()), 0)
        .then(() -> samples.next(batch(HOST, 1), batch(HOST, 2)))
        .then(() -> samples.next(batch(new HostId("dom0-8"), 3)))
        .thenRequest(1)
        .consumeNextWith(signal -> assertThat(engine.process(signal)).isEmpty())
        .then(() -> assertThat(sequences).containsExactly(2L, 3L))
        .then(() -> samples.next(batch(HOST, 4)))
        .thenRequest(1)
        .consumeNextWith(engine::process)
        .then(samples::complete)
        .verifyComplete();

    assertThat(sequences).containsExactly(2L, 3L, 4L);
    assertThat(counters.conflated.sum()).isEqualTo(1);
  }

  @Test
  void signalCoversARoundAndTheSchedulerEmitsTheNext() {
    StepVerifier.create(batches.signals(samples.flux()), 0)
        .then(() -> {
          for (int i = 0; i < 2 * LatestBatches.ROUND + 1; i++) {
            samples.next(batch(new HostId("dom0-" + i), i));
          }
        })
        .thenRequest(1)
        .consumeNextWith(engine::process)
        .then(() -> assertThat(sequences).hasSize(LatestBatches.ROUND))
        .thenRequest(1)
        .consumeNextWith(engine::process)
        .then(() -> assertThat(sequences).hasSize(2 * LatestBatches.ROUND))
        .thenRequest(1)
        .consumeNextWith(engine::process)
        .then(samples::complete)
        .verifyComplete();

    assertThat(sequences).hasSize(2 * LatestBatches.ROUND + 1);
  }

  @Test
  void countsMalformedSamples() {
    byte[] tooLong = new byte[SampleCodec.MAX_BYTES + 1];
    StepVerifier.create(batches.signals(samples.flux()))
        .then(() -> samples.next(new BusMessage(SUBJECTS.sample(HOST), null, tooLong)))
        .then(() -> samples.next(new BusMessage(SUBJECTS.sample(HOST), null, new byte[] {1, 2})))
        .consumeNextWith(engine::process)
        .thenCancel()
        .verify();

    assertThat(inputs).isEmpty();
    assertThat(counters.malformed.get(ControllerCounters.Kind.SAMPLE))
        .satisfies(c -> assertThat(c.sum()).isEqualTo(2));
    samples.assertCancelled();
  }

  @Test
  void commandsAreTheFirstEffects() {
    Effect alert = new Effect.PublishAlert(Messages.alert(1, Alert.State.FIRING));
    Effect command = new Effect.SendCommand(Messages.command(2, HOST, 1_000));
    Effect map = new Effect.RequestMap(HOST);
    step = _ -> List.of(alert, command, map);

    assertThat(engine.process(one(new Input.LeadershipLost())))
        .containsExactly(command, alert, map);
  }

  @Test
  void failedStepKeepsItsEffectsAndTheNextInput() {
    Effect alert = new Effect.PublishAlert(Messages.alert(1, Alert.State.FIRING));
    recovered = List.of(alert);
    step =
        input -> {
          if (input instanceof Input.LeadershipGained) {
            throw new IllegalStateException("on purpose");
          }
          return List.of();
        };

    assertThat(engine.process(one(new Input.LeadershipGained(1)))).containsExactly(alert);
    assertThat(engine.process(one(new Input.LeadershipLost()))).isEmpty();
    assertThat(inputs).containsExactly(new Input.LeadershipGained(1), new Input.LeadershipLost());
    assertThat(counters.stepFailures.sum()).isEqualTo(1);
    assertThat(broken).isEmpty();
  }

  @Test
  void errorStopsTheEngine() {
    step =
        _ -> {
          throw new OutOfMemoryError("on purpose");
        };

    assertThat(engine.process(one(new Input.LeadershipGained(1)))).isEmpty();
    assertThat(broken).singleElement().isInstanceOf(OutOfMemoryError.class);
    assertThat(engine.hasFailed()).isTrue();
    assertThat(engine.process(one(new Input.LeadershipLost()))).isEmpty();
    assertThat(inputs).containsExactly(new Input.LeadershipGained(1));
  }

  @Test
  void processedInputLeavesTheBacklog() {
    for (int i = 0; i < 3 * Backlog.REPORTS_MAX; i++) {
      assertThat(backlog.admit(HOST, 1 << 19, Backlog.REPORTS_MAX)).isTrue();
      engine.process(new EngineInput.Single(new Input.ReportsDropped(HOST), HOST, 1 << 19));
    }
    assertThat(inputs).hasSize(3 * Backlog.REPORTS_MAX);
  }

  @Test
  void reportsAHangingEngine() {
    engine.process(one(new Input.Tick()));
    assertThat(engine.idleMillis()).isZero();
    now += 20_000;

    assertThat(engine.idleMillis()).isEqualTo(20_000);
  }
}
