package io.blkwarden.controller.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.controller.bus.FleetBus;
import io.blkwarden.controller.dispatch.CommandFlow;
import io.blkwarden.controller.dispatch.EffectLog;
import io.blkwarden.controller.dispatch.MessageFactory;
import io.blkwarden.controller.dispatch.OperatorMailbox;
import io.blkwarden.controller.engine.Effect;
import io.blkwarden.controller.engine.EngineCore;
import io.blkwarden.controller.engine.Input;
import io.blkwarden.controller.engine.Moment;
import io.blkwarden.controller.ingest.Backlog;
import io.blkwarden.controller.ingest.EngineInput;
import io.blkwarden.controller.ingest.EngineRunner;
import io.blkwarden.controller.ingest.FleetIntake;
import io.blkwarden.controller.ingest.LatestBatches;
import io.blkwarden.controller.leader.Leadership;
import io.blkwarden.controller.nats.BusMessage;
import io.blkwarden.controller.notify.Notifier;
import io.blkwarden.controller.notify.settings.NotifySettings;
import io.blkwarden.controller.silence.OperatorState;
import io.blkwarden.controller.snapshot.ControllerCounters;
import io.blkwarden.controller.testing.Fleet;
import io.blkwarden.controller.testing.Messages;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.Command;
import io.blkwarden.model.message.OperatorRequest;
import io.blkwarden.model.message.Outcome;
import io.blkwarden.model.message.Pause;
import io.blkwarden.model.sample.SampleCodec;
import io.blkwarden.model.sample.SampleFrame;
import io.blkwarden.model.subject.HostToken;
import io.blkwarden.model.subject.Subjects;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

/** The controller's flow with a simulated fleet, in virtual time. */
final class ControllerPipelineTest {
  private static final Subjects SUBJECTS = Subjects.DEFAULT;
  private static final HostId HOST = new HostId("dom0-7");
  private static final Duration BOUND = Duration.ofSeconds(5);

  private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
  private final FlowBus bus = new FlowBus();
  private final InstantSource clock = InstantSource.fixed(Messages.AT);
  private final ControllerCounters counters = new ControllerCounters();
  private final ControllerCounters sent = new ControllerCounters();
  private final Backlog backlog = new Backlog();
  private final OperatorMailbox mailbox = new OperatorMailbox(bus::reply, clock, sent);
  private final FleetIntake intake = new FleetIntake(SUBJECTS, backlog, counters, clock, mailbox);
  private final LatestBatches batches = new LatestBatches(intake, time);
  private final InputSink<EngineInput> internal = new InputSink<>();
  private final List<Input> inputs = new ArrayList<>();
  private final List<Throwable> broken = new ArrayList<>();
  private Function<Input, List<Effect>> step = _ -> List.of();
  private final CommandFlow commands = commandFlow();
  private final EngineRunner engine =
      new EngineRunner(
          new Scripted(),
          intake,
          clock,
          () -> time.now(TimeUnit.MILLISECONDS),
          _ -> {},
          broken::add);
  private final ControllerPipeline pipeline =
      new ControllerPipeline(
          new ControllerPipeline.Parts(
              bus,
              intake,
              batches,
              engine,
              commands,
              commandFlow(),
              new MessageFactory(this::epoch, "c1", clock, new SplittableRandom(2)),
              mailbox,
              new Notifier(NotifySettings.NONE, Map.of(), clock, () -> true, counters, time),
              (_, _) -> new EngineInput.Query(() -> {}),
              new EffectLog(sent)::accept,
              internal,
              time,
              time));
  private Disposable running = () -> {};

  private final class Scripted implements EngineCore {
    @Override
    public List<Effect> step(Input input, Moment moment) {
      inputs.add(input);
      return step.apply(input);
    }

    @Override
    public List<Effect> recover(Input failed) {
      return List.of();
    }
  }

  private CommandFlow commandFlow() {
    return new CommandFlow(
        (_, command, _) -> bus.agents.apply(command),
        _ -> true,
        new CommandFlow.Results() {
          @Override
          public void outcome(Outcome outcome) {
            internal.put(intake.admitOutcome(outcome));
          }

          @Override
          public void abandoned(HostId host, MessageId command, String why) {
            internal.put(intake.commandAbandoned(host, command, why));
          }
        },
        time,
        sent,
        new SplittableRandom(1));
  }

  private OptionalLong epoch() {
    return bus.leadership instanceof Leadership.Leading(long epoch)
        ? OptionalLong.of(epoch)
        : OptionalLong.empty();
  }

  @BeforeEach
  void start() {
    running = pipeline.start(broken::add);
    time.advanceTime();
    inputs.clear();
  }

  @AfterEach
  void stop() {
    running.dispose();
    time.dispose();
    assertThat(broken).isEmpty();
  }

  private void advance(long millis) {
    time.advanceTimeBy(Duration.ofMillis(millis));
  }

  private static BusMessage batch(HostId host) {
    SampleFrame frame = new SampleFrame();
    frame.identify(new UUID(5, 6), 1, 1, 1);
    frame.time(1_000, 1_000, 1_000);
    return new BusMessage(SUBJECTS.sample(host), null, SampleCodec.encode(frame));
  }

  private static BusMessage map(HostId host, long revision) {
    return new BusMessage(
        SUBJECTS.mapping(host, "snapshot"),
        null,
        ControlJson.encode(Fleet.snapshot(host, revision, "vm176")));
  }

  private static List<Effect> onBeat(Input input, Effect... effects) {
    return input instanceof Input.HeartbeatReceived ? List.of(effects) : List.of();
  }

  private void beat() {
    bus.reports.next(
        new BusMessage(SUBJECTS.heartbeat(HOST), null, ControlJson.encode(Messages.beat(HOST))));
    time.advanceTimeBy(ControllerPipeline.REPORTS_WITHIN);
  }

  @Test
  void reportsOfAHostKeepTheirOrder() {
    for (long revision = 1; revision <= 100; revision++) {
      bus.reports.next(map(HOST, revision));
    }
    time.advanceTimeBy(ControllerPipeline.REPORTS_WITHIN);

    assertThat(inputs)
        .extracting(i -> i instanceof Input.MappingChanged m ? m.event().origin().revision() : -1)
        .isSorted()
        .hasSize(100);
  }

  @Test
  void operatorsInputPrecedesLeadership() {
    bus.sharedState.next(new FleetBus.SharedState.OperatorInputs(OperatorState.NONE));
    bus.sharedState.next(new FleetBus.SharedState.OpenAlerts(List.of(), true));
    bus.leads(new Leadership.Leading(7));
    time.advanceTime();

    assertThat(inputs)
        .containsExactly(
            new Input.OperatorStateChanged(OperatorState.NONE),
            new Input.AlertsRestored(List.of(), true),
            new Input.LeadershipGained(7));
  }

  /** All hosts at once with an idle engine; only a round of batches comes first. */
  @Test
  void reportDoesNotWaitForTheSamplesOfAllHosts() {
    List<Integer> takenBefore = new ArrayList<>();
    step =
        input -> {
          if (input instanceof Input.SampleBatch && inputs.size() == 1) {
            for (int i = 1; i <= 100; i++) {
              bus.samples.next(batch(new HostId("dom0-" + i)));
            }
            for (int i = 1; i <= ControllerPipeline.REPORTS_AT_ONCE; i++) {
              bus.reports.next(map(HOST, i));
            }
          } else if (input instanceof Input.MappingChanged) {
            takenBefore.add(inputs.size());
          }
          return List.of();
        };
    bus.samples.next(batch(HOST));
    advance(1);

    assertThat(inputs).hasSize(101 + ControllerPipeline.REPORTS_AT_ONCE);
    assertThat(takenBefore.getFirst()).isLessThan(50);
  }

  @Test
  void commandIsSentOnTheThreadOfItsInputAndItsOutcomeReturns() {
    Command command = Messages.command(1, HOST, 5_000);
    bus.agents = _ -> Mono.just(ControlJson.encode(Messages.done(command, 50)));
    step = input -> onBeat(input, new Effect.SendCommand(command));
    beat();

    assertThat(inputs).last().isInstanceOf(Input.OutcomeReceived.class);
    bus.outcomes.next(
        new BusMessage(
            SUBJECTS.outcome(HOST), null, ControlJson.encode(Messages.done(command, 50))));
    time.advanceTime();
    assertThat(counters.duplicates.sum()).as("and once only").isEqualTo(1);
  }

  @Test
  void lostLeadershipAbandonsCommands() {
    bus.leads(new Leadership.Leading(7));
    step = input -> onBeat(input, new Effect.SendCommand(Messages.command(1, HOST, 60_000)));
    beat();
    bus.leads(new Leadership.Following("c2", 8));
    time.advanceTime();

    assertThat(inputs)
        .contains(new Input.LeadershipLost())
        .last()
        .isEqualTo(new Input.CommandAbandoned(Messages.id(1), "leadership lost"));
    assertThat(commands.size()).isZero();
  }

  @Test
  void standbyReadsRequestedMappingsFromTheBucket() {
    step = input -> onBeat(input, new Effect.RequestMap(HOST));
    beat();
    assertThat(bus.fetched).containsExactly(HOST);

    bus.leads(new Leadership.Leading(7));
    beat();
    assertThat(bus.fetched).hasSize(1);
    assertThat(sent.attempts.sum()).as("the agent receives the command").isEqualTo(1);
  }

  @Test
  void readsStoredMappingsOnDemand() {
    bus.storedMappings.next(
        new FleetBus.StoredMapping(
            HostToken.key(HOST), ControlJson.encode(Fleet.snapshot(HOST, 3, "vm176"))));
    time.advanceTime();

    assertThat(inputs).singleElement().isInstanceOf(Input.MappingChanged.class);
    bus.storedMappings.assertMaxRequested(1);
  }

  @Test
  void resyncsHostsWithTheNextTick() {
    while (intake.readReport(map(HOST, 1)) != null) {
      // until there is no room
    }
    advance(1_000);

    assertThat(inputs).containsExactly(new Input.Tick(), new Input.ReportsDropped(HOST));
    assertThat(counters.resyncs.sum()).isEqualTo(1);
  }

  @Test
  void repliesWithStorageErrors() {
    bus.leads(new Leadership.Leading(7));
    time.advanceTime();
    step =
        input ->
            input instanceof Input.RequestReceived asked
                ? List.of(
                    new Effect.StoreInput(
                        new Pause("ann", "a test", Messages.AT, null), true, List.of(), asked))
                : List.of();
    bus.operatorRequests.next(
        new BusMessage(
            SUBJECTS.operator("pause"),
            "inbox",
            ControlJson.encode(
                new OperatorRequest("ann", "a test", new OperatorRequest.PauseSet()))));
    time.advanceTime();

    assertThat(bus.replies).singleElement().asString().startsWith("inbox NATS did not confirm");
  }

  @Test
  void unstoredAlertsDelayNothingElse() {
    step =
        input ->
            onBeat(
                input,
                new Effect.PublishAlert(Messages.alert(1, Alert.State.FIRING)),
                new Effect.SendCommand(Messages.command(1, HOST, 5_000)));
    for (int i = 0; i < 1_000; i++) {
      beat();
    }

    assertThat(bus.alerts).hasSize(1_000);
    assertThat(inputs.stream().filter(Input.HeartbeatReceived.class::isInstance)).hasSize(1_000);
  }

  @Test
  void drainStopsIntakeAndWaitsForAnswersAndStorage() {
    Command command = Messages.command(1, HOST, 60_000);
    step = input -> onBeat(input, new Effect.SendCommand(command));
    beat();
    step =
        input ->
            input instanceof Input.OutcomeReceived
                ? List.of(new Effect.PublishAlert(Messages.alert(1, Alert.State.HANDLED)))
                : List.of();
    StepVerifier stopped =
        StepVerifier.create(pipeline.drain(BOUND)).expectNext(true).expectComplete().verifyLater();
    advance(100);
    bus.samples.assertCancelled();
    bus.reports.assertCancelled();
    bus.outcomes.assertNotCancelled();
    bus.outcomes.next(
        new BusMessage(
            SUBJECTS.outcome(HOST), null, ControlJson.encode(Messages.done(command, 50))));
    advance(100);

    assertThat(bus.alerts).as("effects of the outcome").hasSize(1);
    bus.alertsStored.tryEmitEmpty().orThrow();
    stopped.verify(BOUND);
  }

  @Test
  void drainAbandonsUnansweredCommands() {
    step = input -> onBeat(input, new Effect.SendCommand(Messages.command(1, HOST, 60_000)));
    beat();
    bus.alertsStored.tryEmitEmpty().orThrow();
    StepVerifier stopped =
        StepVerifier.create(pipeline.drain(BOUND)).expectNext(false).expectComplete().verifyLater();
    advance(BOUND.toMillis() + 2_000);

    stopped.verify(BOUND);
    assertThat(inputs)
        .last()
        .isEqualTo(new Input.CommandAbandoned(Messages.id(1), "the controller is stopping"));
  }

  @Test
  void queryRunsBetweenInputsAndTooManyAreRefused() {
    StepVerifier.create(pipeline.query(() -> "so many"))
        .then(time::advanceTime)
        .expectNext("so many")
        .verifyComplete();
    StepVerifier.create(
            pipeline.query(() -> {
              throw new IllegalStateException("on purpose");
            }))
        .then(time::advanceTime)
        .verifyErrorMessage("on purpose");
    running.dispose();
    for (int i = 0; i < 16; i++) {
      Disposable _ = pipeline.query(() -> "never").subscribe();
    }
    StepVerifier.create(pipeline.query(() -> "one too many"))
        .verifyError(RejectedExecutionException.class);
  }
}
