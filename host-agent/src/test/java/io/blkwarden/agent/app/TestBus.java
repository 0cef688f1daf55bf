package io.blkwarden.agent.app;

import io.blkwarden.agent.bus.AgentHealth;
import io.blkwarden.agent.bus.Controllers;
import io.blkwarden.agent.bus.Link;
import io.blkwarden.agent.bus.OutcomeJournal;
import io.blkwarden.agent.bus.PendingMessages;
import io.blkwarden.agent.bus.TestMessages;
import io.blkwarden.agent.lease.LimitGroups;
import io.blkwarden.agent.mapping.verdict.RolePatterns;
import io.blkwarden.agent.nats.NatsLink;
import io.blkwarden.agent.nats.NatsSettings;
import io.blkwarden.agent.scan.HostScanner;
import io.blkwarden.model.HostId;
import io.blkwarden.model.message.Heartbeat.ProbeHealth;
import io.blkwarden.model.subject.Subjects;
import io.blkwarden.simulation.host.HostSpec;
import io.blkwarden.simulation.host.SimulatedHost;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import reactor.core.Disposable;
import reactor.core.Disposables;

/** The NATS flows of the pipeline; the test supplies the messages. */
final class TestBus {
  private static final Random RANDOM = new Random(1);

  final PendingMessages pending;
  final AgentInbox inbox = new AgentInbox();
  final AgentPipeline pipeline;

  /** Called at the start of each scan. */
  Runnable scanning = () -> {};

  private final AgentSchedulers schedulers;
  private final Disposable.Composite flows = Disposables.composite();

  /** With a real connection and real threads. */
  static TestBus of(NatsSettings settings, OutcomeJournal journal) {
    return new TestBus(
        settings.host(),
        new NatsLink(settings, RANDOM),
        journal,
        AgentSchedulers.create(),
        () -> System.nanoTime() / 1_000_000);
  }

  TestBus(
      HostId host,
      Link link,
      OutcomeJournal journal,
      AgentSchedulers schedulers,
      LongSupplier nowMillis) {
    this.schedulers = schedulers;
    SimulatedHost simulated = new SimulatedHost(HostSpec.ofFleet("dom0-", 0), nowMillis);
    pending = new PendingMessages(journal);
    AgentPorts ports =
        new AgentPorts(
            simulated,
            simulated,
            drain -> {
              scanning.run();
              return new HostScanner(simulated, simulated, simulated).scan(drain);
            },
            Tracing.none("not here"),
            simulated,
            LimitGroups.none("no cgroups here"),
            _ -> Optional.empty(),
            Optional.empty(),
            nowMillis,
            InstantSource.system(),
            RANDOM,
            Optional.empty());
    AgentSettings settings =
        new AgentSettings(host, "test", Duration.ofSeconds(1), false, RolePatterns.DEFAULTS);
    pipeline =
        new AgentPipeline(
            new AgentCore(settings, ports, pending, inbox, TestMessages.BOOT),
            inbox,
            pending,
            new Controllers(link, Subjects.DEFAULT, journal),
            schedulers);
  }

  /** Connects, and passes on commands. */
  TestBus start(Consumer<AgentInput> heard) {
    pending.load();
    flows.add(pipeline.effects().subscribe());
    flows.add(pipeline.fromNats().subscribe(heard));
    return this;
  }

  /** The state of the connection, and details of the sources that do not work. */
  record BusState(boolean connected, Map<String, String> faults, Map<String, Long> drops) {}

  BusState state() {
    AgentHealth health = pending.health();
    Map<String, String> faults = new HashMap<>();
    for (ProbeHealth probe : health.probes()) {
      if (!probe.ok()) {
        faults.put(probe.name(), String.valueOf(probe.detail()));
      }
    }
    return new BusState(health.connected(), faults, health.drops());
  }

  /** Publishes pending messages for a limited time, then closes the connection. */
  void stop(Duration patience) {
    pipeline.settled().timeout(patience).onErrorComplete().block();
    flows.dispose();
    pipeline.endEffects();
    schedulers.dispose();
  }
}
