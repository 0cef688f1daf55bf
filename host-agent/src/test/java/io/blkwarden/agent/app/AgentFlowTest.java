package io.blkwarden.agent.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.agent.bus.Link;
import io.blkwarden.agent.bus.OutcomeJournal;
import io.blkwarden.agent.bus.PendingMessages;
import io.blkwarden.agent.bus.Publisher;
import io.blkwarden.agent.bus.Session;
import io.blkwarden.agent.bus.TestMessages;
import io.blkwarden.agent.lease.LeaseStore.FoundLeases;
import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.message.Heartbeat;
import io.blkwarden.model.message.MappingEvent.DomainStarted;
import io.blkwarden.model.message.MappingSnapshot;
import io.blkwarden.model.message.Outcome;
import io.blkwarden.model.subject.Subjects;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;
import reactor.test.scheduler.VirtualTimeScheduler;

/** The NATS flows in virtual time, with a fake connection. */
final class AgentFlowTest {
  private static final Duration NOW = Duration.ZERO;

  private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
  private final TestPublisher<Link.Event> link = TestPublisher.create();
  private final FakeSession nats = new FakeSession();
  private final TestPublisher<Session.Delivery> commands = TestPublisher.create();
  private TestBus bus;

  @BeforeEach
  void make() {
    nats.commands = commands.flux();
    bus =
        new TestBus(
            TestMessages.HOST,
            FakeSession.link(link.flux()),
            OutcomeJournal.NONE,
            new AgentSchedulers(time, time, time, time),
            () -> time.now(TimeUnit.MILLISECONDS));
  }

  private void connected() {
    bus.start(_ -> {});
    up();
  }

  private void up() {
    link.next(new Link.Event.Up(nats, "nats://test"));
    time.advanceTimeBy(NOW);
  }

  private void down() {
    link.next(new Link.Event.Down("connection to NATS lost"));
    time.advanceTimeBy(NOW);
  }

  private long drops(String kind) {
    return bus.state().drops().getOrDefault(kind, 0L);
  }

  private List<Long> revisions() {
    return nats.published(DomainStarted.class).map(event -> event.origin().revision()).toList();
  }

  @Test
  void pendingSamplesAreConflatedAndCounted() {
    connected();
    Sinks.Empty<Void> slow = Sinks.empty();
    nats.publishing = slow::asMono;
    for (byte n = 1; n <= 4; n++) {
      bus.pending.sample(new byte[] {n});
    }
    slow.tryEmitEmpty();

    assertThat(nats.published).hasSize(2);
    assertThat(nats.published.getFirst().bytes()).containsExactly(1);
    assertThat(nats.published.getLast().bytes()).containsExactly(4);
    assertThat(drops("samples")).isEqualTo(2);
    down();
    bus.pending.sample(new byte[] {4});
    assertThat(drops("samples")).isEqualTo(3);
  }

  @Test
  void unpublishedSamplesAreCountedAndTheNextBatchIsPublished() {
    connected();
    nats.publishing = () -> Mono.error(new IllegalStateException("not connected: closing"));
    bus.pending.sample(new byte[] {1});
    time.advanceTimeBy(NOW);
    assertThat(drops("samples")).isEqualTo(1);
    assertThat(bus.state().faults()).containsEntry("nats", "not connected: closing");

    nats.publishing = Mono::empty;
    bus.pending.sample(new byte[] {2});
    time.advanceTimeBy(NOW);
    assertThat(nats.published.getFirst().bytes()).containsExactly(2);
  }

  @Test
  void latestHeartbeatIsPublishedAfterConnecting() {
    bus.start(_ -> {});
    for (int n = 1; n <= 3; n++) {
      bus.pending.heartbeat(TestMessages.heartbeat(n));
    }
    time.advanceTimeBy(NOW);
    up();

    assertThat(nats.published(Heartbeat.class)).containsExactly(TestMessages.heartbeat(3));
  }

  @Test
  void eventsAreRetriedInOrderUntilReceived() {
    connected();
    Sinks.Empty<Void> answer = Sinks.empty();
    nats.flushing = () -> Mono.error(new IOException("the server does not answer"));
    IntStream.rangeClosed(1, 100).forEach(n -> bus.pending.mapping(TestMessages.started(n)));
    assertThat(revisions()).as("first event").containsExactly(1L);
    assertThat(bus.state().faults()).containsEntry("mapping", "the server does not answer");

    nats.published.clear();
    nats.flushing = answer::asMono;
    time.advanceTimeBy(Duration.ofMillis(124));
    assertThat(revisions()).as("not retried at once").isEmpty();
    time.advanceTimeBy(Duration.ofMillis(251));
    assertThat(revisions()).as("one batch").hasSize(PendingMessages.MAX_BATCH);
    bus.pending.mapping(TestMessages.started(101));
    answer.tryEmitEmpty();
    time.advanceTimeBy(NOW);

    assertThat(revisions()).containsExactlyElementsOf(range(101));
    assertThat(bus.state().faults()).doesNotContainKey("mapping");
    assertThat(bus.pending.settled()).isTrue();
  }

  private static List<Long> range(int last) {
    return IntStream.rangeClosed(1, last).mapToObj(n -> (long) n).toList();
  }

  @Test
  void unflushedEventsAreRepeatedAfterReconnecting() {
    connected();
    nats.flushing = Mono::never;
    bus.pending.mapping(TestMessages.started(1));
    time.advanceTimeBy(NOW);
    down();
    bus.pending.mapping(TestMessages.started(2));
    nats.published.clear();
    nats.flushing = Mono::empty;
    up();

    assertThat(revisions()).containsExactly(1L, 2L);
  }

  @Test
  void onlyTheLastSnapshotIsRetriedForTheBucket() {
    connected();
    nats.storing = () -> Mono.error(new IOException("no bucket"));
    bus.pending.mapping(TestMessages.snapshot(1));
    time.advanceTimeBy(NOW);
    assertThat(nats.stored(MappingSnapshot.class)).containsExactly(TestMessages.snapshot(1));
    assertThat(bus.state().faults()).containsEntry("mapping-bucket", "no bucket");

    bus.pending.mapping(TestMessages.snapshot(2));
    time.advanceTimeBy(NOW);
    nats.stored.clear();
    nats.storing = Mono::empty;
    time.advanceTimeBy(Duration.ofSeconds(2));
    assertThat(nats.stored).as("not retried soon").isEmpty();
    time.advanceTimeBy(Duration.ofSeconds(6));

    assertThat(nats.stored(MappingSnapshot.class)).containsExactly(TestMessages.snapshot(2));
    assertThat(bus.state().faults()).doesNotContainKey("mapping-bucket");
  }

  @Test
  void outcomeIsRetriedWithBackoffUntilStored() {
    connected();
    nats.storing = () -> Mono.error(new IOException("no stream"));
    bus.pending.outcome(TestMessages.outcome(1));
    time.advanceTimeBy(NOW);
    assertThat(nats.stored).hasSize(1);
    time.advanceTimeBy(Duration.ofMillis(124));
    assertThat(nats.stored).as("at least half of the first delay").hasSize(1);
    time.advanceTimeBy(Duration.ofMillis(251));
    assertThat(nats.stored).hasSize(2);
    time.advanceTimeBy(Duration.ofMinutes(10));
    assertThat(nats.stored).as("15 to 45 s apart at the end").hasSizeBetween(15, 50);
    assertThat(bus.state().faults()).containsEntry("audit", "no stream");

    nats.storing = Mono::empty;
    time.advanceTimeBy(Duration.ofSeconds(45));

    assertThat(bus.pending.settled()).isTrue();
    assertThat(bus.state().faults()).doesNotContainKey("audit");
  }

  @Test
  void unansweredOutcomeIsRetried() {
    connected();
    nats.storing = Mono::never;
    bus.pending.outcome(TestMessages.outcome(1));
    time.advanceTimeBy(Publisher.CONFIRM_WITHIN.minusMillis(1));
    assertThat(nats.stored).hasSize(1);
    time.advanceTimeBy(Duration.ofMillis(377));
    assertThat(nats.stored).hasSize(2);
  }

  @Test
  void outcomesAreRepeatedAfterReconnectingUntilStored() {
    connected();
    nats.storing = Mono::never;
    bus.pending.outcome(TestMessages.outcome(1));
    time.advanceTimeBy(NOW);
    down();
    bus.pending.outcome(TestMessages.outcome(2));
    time.advanceTimeBy(Duration.ofMinutes(1));
    assertThat(nats.stored).as("nothing while disconnected").hasSize(1);
    nats.storing = Mono::empty;
    up();
    assertThat(nats.stored(Outcome.class).skip(1))
        .containsExactly(TestMessages.outcome(1), TestMessages.outcome(2));

    down();
    up();
    assertThat(nats.stored).as("stored ones are not repeated").hasSize(3);
  }

  @Test
  void unconfirmedOutcomesAreLimited() {
    connected();
    Sinks.Empty<Void> answer = Sinks.empty();
    nats.storing = answer::asMono;
    IntStream.range(0, AgentPipeline.MAX_UNCONFIRMED + 10)
        .forEach(n -> bus.pending.outcome(TestMessages.outcome(n)));
    time.advanceTimeBy(NOW);
    assertThat(nats.stored).hasSize(AgentPipeline.MAX_UNCONFIRMED);

    answer.tryEmitEmpty();
    time.advanceTimeBy(NOW);
    assertThat(nats.stored).hasSize(AgentPipeline.MAX_UNCONFIRMED + 10);
  }

  @Test
  void failingKindDoesNotBlockOthers() {
    connected();
    nats.storing = Mono::never;
    nats.flushing = Mono::never;
    bus.pending.outcome(TestMessages.outcome(1));
    bus.pending.mapping(TestMessages.started(1));
    time.advanceTimeBy(NOW);
    bus.pending.reply("_INBOX.x.1", TestMessages.outcome(2));
    bus.pending.sample(new byte[] {1});
    time.advanceTimeBy(NOW);

    assertThat(nats.published)
        .extracting(FakeSession.Sent::subject)
        .contains("_INBOX.x.1", Subjects.DEFAULT.sample(TestMessages.HOST));
  }

  @Test
  void commandsOverTheLimitAreRefusedWithAnAnswer() {
    bus.start(_ -> {}); // effects only; the verifier below receives the commands
    int sent = AgentPipeline.MAX_COMMANDS + 2;
    StepVerifier.create(bus.pipeline.fromNats(), 0)
        .then(() -> {
          up();
          commands.next(command(0)); // the connection event is queued, too
          IntStream.range(1, sent).forEach(n -> commands.next(command(n)));
        })
        .thenRequest(Long.MAX_VALUE)
        .expectNextCount(AgentPipeline.MAX_COMMANDS)
        .thenCancel()
        .verify();
    time.advanceTimeBy(NOW);

    assertThat(bus.inbox.refused()).isEqualTo(3);
    assertThat(drops("commands")).isEqualTo(3);
    assertThat(nats.published(Outcome.class))
        .hasSize(3)
        .allMatch(outcome -> outcome.refusal() == Outcome.Refusal.OVERLOADED);
    assertThat(nats.stored(Outcome.class)).as("recorded").hasSize(3);
  }

  private static Session.Delivery command(int number) {
    return new Session.Delivery(
        "_INBOX.controller." + number, ControlJson.encode(TestMessages.command(number)));
  }

  @Test
  void queuedCommandsSurviveALostConnection() {
    bus.start(_ -> {});
    StepVerifier.create(bus.pipeline.fromNats(), 0)
        .then(() -> {
          up();
          commands.next(command(1));
          down();
          commands.assertWasCancelled();
        })
        .thenRequest(2)
        .expectNextMatches(AgentInput.Connected.class::isInstance)
        .expectNextMatches(AgentInput.CommandReceived.class::isInstance)
        .thenCancel()
        .verify();
  }

  @Test
  void failedSubscriptionIsRetried() {
    connected();
    commands.error(new IllegalStateException("a dispatcher is gone"));
    assertThat(bus.state().faults()).containsEntry("nats", "commands: a dispatcher is gone");
    TestPublisher<Session.Delivery> next = TestPublisher.create();
    nats.commands = next.flux();
    bus.pending.sample(new byte[] {1});
    time.advanceTimeBy(NOW);

    assertThat(nats.published).hasSize(1);
  }

  @Test
  void pendingMessagesArePublishedBeforeTheEnd() {
    connected();
    Sinks.Empty<Void> answer = Sinks.empty();
    nats.storing = answer::asMono;
    bus.pending.outcome(TestMessages.outcome(1));
    StepVerifier.create(bus.pipeline.settled())
        .then(() -> time.advanceTimeBy(Duration.ofSeconds(1)))
        .expectNoEvent(Duration.ofMillis(50))
        .then(() -> {
          answer.tryEmitEmpty();
          time.advanceTimeBy(NOW);
        })
        .verifyComplete();
  }

  @Test
  void stopDoesNotWaitWithoutAConnection() {
    connected();
    nats.storing = Mono::never;
    bus.pending.outcome(TestMessages.outcome(1));
    StepVerifier.create(bus.pipeline.settled())
        .then(() -> time.advanceTimeBy(NOW))
        .then(this::down)
        .verifyComplete();
  }

  @Test
  void malformedCommandsReachTheCore() {
    StepVerifier.create(bus.pipeline.fromNats())
        .then(() -> bus.pipeline.effects().subscribe())
        .then(this::up)
        .expectNextMatches(AgentInput.Connected.class::isInstance)
        .then(() -> commands.next(new Session.Delivery("_INBOX.x.1", "{".getBytes(UTF_8))))
        .expectNextMatches(AgentInput.CommandReceived.class::isInstance)
        .thenCancel()
        .verify();
  }

  @Test
  void ticksOnlyWhenSomethingIsDue() {
    AtomicLong looks = new AtomicLong();
    AtomicReference<Throwable> failure = new AtomicReference<>();
    bus.scanning = looks::incrementAndGet;
    bus.pipeline.start(FoundLeases.NOTHING, failure::set);
    up();
    time.advanceTimeBy(Duration.ofSeconds(20));

    String samples = Subjects.DEFAULT.sample(TestMessages.HOST);
    assertThat(nats.published.stream().filter(sent -> sent.subject().equals(samples)).count())
        .as("every second")
        .isBetween(19L, 21L);
    assertThat(nats.published(Heartbeat.class).count()).as("every 5 s").isBetween(4L, 5L);
    assertThat(looks.get()).as("scans of an idle host").isBetween(1L, 3L);
    assertThat(failure).hasNullValue();
  }

  @Test
  void failingInputIsCountedAndTheNextIsHandled() {
    AtomicReference<Throwable> failure = new AtomicReference<>();
    bus.scanning =
        () -> {
          throw new IllegalStateException("a bug");
        };
    bus.pipeline.start(FoundLeases.NOTHING, failure::set);
    up();
    time.advanceTimeBy(Duration.ofSeconds(1));
    bus.scanning = () -> {};
    time.advanceTimeBy(Duration.ofSeconds(40));

    assertThat(nats.published(MappingSnapshot.class)).isNotEmpty();
    assertThat(nats.published(Heartbeat.class).toList().getLast().drops())
        .hasEntrySatisfying("core_faults", count -> assertThat(count).isPositive());
    assertThat(failure).hasNullValue();
  }

  @Test
  void errorEndsTheAgent() {
    AtomicReference<Throwable> failure = new AtomicReference<>();
    bus.scanning =
        () -> {
          throw new AssertionError("the process is broken");
        };
    bus.pipeline.start(FoundLeases.NOTHING, failure::set);
    time.advanceTimeBy(NOW);

    assertThat(failure.get()).isInstanceOf(AssertionError.class);
  }
}
