package io.blkwarden.agent.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.blkwarden.agent.bus.BusListener;
import io.blkwarden.agent.bus.BusState;
import io.blkwarden.agent.bus.ControlBus;
import io.blkwarden.agent.bus.IncomingCommand;
import io.blkwarden.agent.lease.LeaseFile;
import io.blkwarden.agent.mapping.verdict.RolePatterns;
import io.blkwarden.agent.scan.HostScanner;
import io.blkwarden.agent.sim.HostSpec;
import io.blkwarden.agent.sim.SimulatedHost;
import io.blkwarden.agent.throttle.LimitGroups;
import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.message.Command;
import io.blkwarden.model.message.Heartbeat;
import io.blkwarden.model.message.MappingEvent;
import io.blkwarden.model.message.Outcome;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an agent that hangs does not say. */
final class AgentLifeTest {
  private static final Duration BOUND = Duration.ofSeconds(30);

  @TempDir Path state;

  private final SimulatedHost host =
      new SimulatedHost(HostSpec.ofFleet("dom0-", 0), AgentLifeTest::nowMillis);
  private final CountDownLatch scan = new CountDownLatch(1);
  private final CountDownLatch leases = new CountDownLatch(1);
  private volatile boolean stuck;
  private final Queue<AgentReading> signs = new ConcurrentLinkedQueue<>();
  private final NoBus bus = new NoBus();
  private final AgentInbox inbox = new AgentInbox();
  private AgentRuntime agent;

  @BeforeEach
  void make() {
    agent = agent();
  }

  private static long nowMillis() {
    return System.nanoTime() / 1_000_000;
  }

  /** The clock, which keeps the thread of the leases as a device that hangs would. */
  private long agentMillis() {
    if (Thread.currentThread().getName().equals("agent-leases")) {
      stuck = leases.getCount() > 0;
      waitFor(leases);
    }
    return nowMillis();
  }

  /** An agent that waits in its first scan, and each time that it looks at its leases. */
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
            bus,
            this::agentMillis,
            InstantSource.system(),
            new Random(5));
    return AgentRuntime.create(
            new AgentSettings(
                host.host(), "test", Duration.ofMillis(200), false, RolePatterns.DEFAULTS),
            ports,
            inbox)
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
  void theFirstSignComesAfterTheFirstLookAndThenAgainAndAgain() {
    leases.countDown();
    agent.start(new LeaseFile(state).load());
    agent.whileAlive(Duration.ofMillis(50), signs::add);
    await().during(Duration.ofMillis(500)).atMost(BOUND).until(signs::isEmpty);

    scan.countDown();
    await().atMost(BOUND).until(() -> signs.size() > 2);
    assertThat(signs.element().resolved()).isEqualTo(8);
  }

  @Test
  void anAgentWhoseLeasesAreStuckIsSilent() {
    scan.countDown();
    agent.start(new LeaseFile(state).load());
    agent.whileAlive(Duration.ofMillis(50), signs::add);
    await().atMost(BOUND).until(() -> stuck);
    AtomicInteger before = new AtomicInteger(-1);
    await("no sign more")
        .during(Duration.ofMillis(500))
        .atMost(BOUND)
        .until(() -> before.getAndSet(signs.size()) == before.get());

    leases.countDown();
    await().atMost(BOUND).until(() -> signs.size() > before.get() + 2);
  }

  /** Each input used to put off the next tick, so that no sample or heartbeat came any more. */
  @Test
  void inputsWithoutEndKeepNoSampleAndNoHeartbeatFromComing() throws InterruptedException {
    scan.countDown();
    leases.countDown();
    agent.start(new LeaseFile(state).load());
    await().atMost(BOUND).until(() -> bus.samples.get() > 0);
    AtomicBoolean over = new AtomicBoolean();
    Thread flood =
        new Thread(() -> {
          IncomingCommand malformed =
              new IncomingCommand(
                  ControlJson.decode(Command.class, new byte[] {'{'}), nowMillis(), _ -> {});
          while (!over.get()) {
            if (!inbox.command(malformed)) {
              Thread.onSpinWait();
            }
          }
        });
    flood.start();
    try {
      await().atMost(BOUND).until(() -> inbox.refused() > 0);
      int samples = bus.samples.get();
      int heartbeats = bus.heartbeats.get();
      await()
          .atMost(BOUND)
          .until(() -> bus.samples.get() > samples + 5 && bus.heartbeats.get() > heartbeats);
    } finally {
      over.set(true);
      flood.join();
    }
  }

  private static final class NoBus implements ControlBus {
    final AtomicInteger samples = new AtomicInteger();
    final AtomicInteger heartbeats = new AtomicInteger();

    @Override
    public void start(BusListener listener) {}

    @Override
    public void sample(byte[] batch) {
      samples.incrementAndGet();
    }

    @Override
    public void heartbeat(Heartbeat heartbeat) {
      heartbeats.incrementAndGet();
    }

    @Override
    public void mapping(MappingEvent event) {}

    @Override
    public void outcome(Outcome outcome) {}

    @Override
    public BusState state() {
      return new BusState(false, Map.of("nats", "nobody there"), Map.of());
    }

    @Override
    public void stop(Duration patience) {}
  }
}
