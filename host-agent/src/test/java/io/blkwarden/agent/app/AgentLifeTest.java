package io.blkwarden.agent.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.blkwarden.agent.bus.Controllers;
import io.blkwarden.agent.bus.Link;
import io.blkwarden.agent.bus.OutcomeJournal;
import io.blkwarden.agent.bus.Session;
import io.blkwarden.agent.bus.TestMessages;
import io.blkwarden.agent.lease.LimitGroups;
import io.blkwarden.agent.mapping.verdict.RolePatterns;
import io.blkwarden.agent.scan.HostScanner;
import io.blkwarden.agent.state.LeaseFile;
import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.subject.Subjects;
import io.blkwarden.simulation.host.HostSpec;
import io.blkwarden.simulation.host.SimulatedHost;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

/** Liveness of an agent whose threads hang. */
final class AgentLifeTest {
  private static final Duration BOUND = Duration.ofSeconds(30);

  @TempDir Path state;

  private final SimulatedHost host =
      new SimulatedHost(HostSpec.ofFleet("dom0-", 0), AgentLifeTest::nowMillis);
  private final CountDownLatch scan = new CountDownLatch(1);
  private final CountDownLatch leases = new CountDownLatch(1);
  private volatile boolean stuck;
  private final Queue<AgentSnapshot> signs = new ConcurrentLinkedQueue<>();
  private final FakeSession nats = new FakeSession();
  private final AgentInbox inbox = new AgentInbox();
  private final String samples = Subjects.DEFAULT.sample(host.host());
  private final String beats = Subjects.DEFAULT.heartbeat(host.host());
  private AgentRuntime agent;

  @BeforeEach
  void make() {
    agent = agent();
  }

  private static long nowMillis() {
    return System.nanoTime() / 1_000_000;
  }

  /** A clock that blocks the lease thread, like a hanging device. */
  private long agentMillis() {
    if (Thread.currentThread().getName().equals("agent-leases")) {
      stuck = leases.getCount() > 0;
      waitFor(leases);
    }
    return nowMillis();
  }

  /** An agent that blocks in its first scan and in each lease check. */
  private AgentRuntime agent() {
    AgentPorts ports =
        new AgentPorts(
            host,
            host,
            drain -> {
              waitFor(scan);
              return new HostScanner(host, host, host).scan(drain);
            },
            Tracing.none("not here"),
            host,
            LimitGroups.none("no cgroups here"),
            new LeaseFile(state),
            Optional.empty(),
            this::agentMillis,
            InstantSource.system(),
            new Random(5),
            Optional.empty());
    return AgentRuntime.create(
            new AgentSettings(
                host.host(), "test", Duration.ofMillis(200), false, RolePatterns.DEFAULTS),
            ports,
            inbox,
            new Controllers(
                FakeSession.link(
                    Flux.concat(Flux.just(new Link.Event.Up(nats, "nats://test")), Flux.never())),
                Subjects.DEFAULT,
                OutcomeJournal.NONE))
        .toOptional()
        .orElseThrow();
  }

  private static void waitFor(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  @AfterEach
  void stop() {
    scan.countDown();
    leases.countDown();
    agent.stop();
  }

  @Test
  void aliveEmitsAfterTheFirstScanAndThenPeriodically() {
    leases.countDown();
    agent.start(new LeaseFile(state).load());
    Disposable _ = agent.alive(Duration.ofMillis(50)).subscribe(signs::add);
    await().during(Duration.ofMillis(500)).atMost(BOUND).until(signs::isEmpty);

    scan.countDown();
    await().atMost(BOUND).until(() -> signs.size() > 2);
    assertThat(signs.element().resolved()).isEqualTo(8);
  }

  @Test
  void aliveEmitsNothingWhileLeasesAreStuck() {
    scan.countDown();
    agent.start(new LeaseFile(state).load());
    Disposable _ = agent.alive(Duration.ofMillis(50)).subscribe(signs::add);
    await().atMost(BOUND).until(() -> stuck);
    AtomicInteger before = new AtomicInteger(-1);
    await("no further signal")
        .during(Duration.ofMillis(500))
        .atMost(BOUND)
        .until(() -> before.getAndSet(signs.size()) == before.get());

    leases.countDown();
    await().atMost(BOUND).until(() -> signs.size() > before.get() + 2);
  }

  /** Regression: each input postponed the next tick. */
  @Test
  void constantInputsDoNotDelaySamplesAndHeartbeats() throws InterruptedException {
    scan.countDown();
    leases.countDown();
    AtomicBoolean over = new AtomicBoolean();
    AtomicLong sent = new AtomicLong();
    Sinks.Many<Session.Delivery> commands = Sinks.many().unicast().onBackpressureError();
    nats.commands = commands.asFlux();
    agent.start(new LeaseFile(state).load());
    await().atMost(BOUND).until(() -> published(samples) > 0);
    Thread flood =
        new Thread(() -> {
          byte[] command = ControlJson.encode(TestMessages.command(1));
          while (!over.get()) {
            // from many senders: each is limited
            String inbox = "_INBOX.%d.1".formatted(sent.incrementAndGet());
            commands.tryEmitNext(new Session.Delivery(inbox, command)).orThrow();
          }
        });
    flood.start();
    try {
      await().atMost(BOUND).until(() -> inbox.refused() > 0);
      long samplesBefore = published(samples);
      long beatsBefore = published(beats);
      await()
          .atMost(BOUND)
          .until(() -> published(samples) > samplesBefore + 5 && published(beats) > beatsBefore);
    } finally {
      over.set(true);
      flood.join();
    }
  }

  private long published(String subject) {
    return nats.published.stream().filter(sent -> sent.subject().equals(subject)).count();
  }
}
