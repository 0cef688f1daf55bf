package io.blkwarden.agent.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.agent.bus.Controllers;
import io.blkwarden.agent.bus.IncomingCommand;
import io.blkwarden.agent.bus.OutcomeJournal;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.lease.LimitGroups;
import io.blkwarden.agent.mapping.verdict.RolePatterns;
import io.blkwarden.agent.nats.NatsLink;
import io.blkwarden.agent.nats.NatsSettings;
import io.blkwarden.agent.state.LeaseFile;
import io.blkwarden.agent.xenstore.XenEvent;
import io.blkwarden.model.HostId;
import io.blkwarden.model.IoPriority;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.Restraint;
import io.blkwarden.model.VolumeRole;
import io.blkwarden.model.Worker;
import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.json.Decoded;
import io.blkwarden.model.message.Command;
import io.blkwarden.model.message.CommandAction;
import io.blkwarden.model.message.ControlMessage;
import io.blkwarden.model.message.MappingSnapshot;
import io.blkwarden.model.message.Outcome;
import io.blkwarden.model.subject.Subjects;
import io.blkwarden.simulation.host.HostSpec;
import io.blkwarden.simulation.host.SimulatedHost;
import io.blkwarden.testing.NatsServer;
import io.nats.client.Connection;
import io.nats.client.Message;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/**
 * A whole agent on a simulated host, with a real nats-server and a real lease file, and a
 * connection that receives all its messages.
 */
final class RunningAgent implements AutoCloseable {
  static final Subjects SUBJECTS = Subjects.DEFAULT;

  final SimulatedHost host =
      new SimulatedHost(HostSpec.ofFleet("dom0-", 0), RunningAgent::nowMillis);
  final HostId id = host.host();
  final ScannedHost scans = new ScannedHost(host);
  final LeaseFile leases;
  final NatsServer server;
  final Connection client;
  final Queue<Message> heard = new ConcurrentLinkedQueue<>();
  private final Random random = new Random(5);
  private AgentInbox inbox = new AgentInbox();
  private AgentRuntime agent;

  /**
   * Starts an agent.
   *
   * @param state its state directory
   */
  RunningAgent(Path state) throws Exception {
    leases = new LeaseFile(state);
    server = NatsServer.start();
    client = server.connect();
    client.createDispatcher(heard::add).subscribe(SUBJECTS.prefix() + ".>");
    client.flush(Duration.ofSeconds(10));
    agent = run(false);
  }

  static long nowMillis() {
    return System.nanoTime() / 1_000_000;
  }

  static ConditionFactory eventually() {
    return Awaitility.await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(20));
  }

  private AgentRuntime run(boolean readOnly) {
    NatsSettings nats =
        new NatsSettings(
            List.of(server.url()),
            Optional.empty(),
            Optional.empty(),
            id,
            SUBJECTS,
            Duration.ofMillis(100));
    AgentPorts ports =
        new AgentPorts(
            host,
            host,
            scans,
            Tracing.none("not here"),
            host,
            LimitGroups.none("no cgroups here"),
            leases,
            Optional.empty(),
            RunningAgent::nowMillis,
            InstantSource.system(),
            random,
            Optional.empty());
    AgentSettings settings =
        new AgentSettings(id, "test", Duration.ofMillis(200), readOnly, RolePatterns.DEFAULTS);
    ReadResult<AgentRuntime> made =
        AgentRuntime.create(
            settings,
            ports,
            inbox,
            new Controllers(new NatsLink(nats, random), SUBJECTS, OutcomeJournal.NONE));
    assertThat(made.isPresent()).as(made.describe()).isTrue();
    AgentRuntime runtime = made.toOptional().orElseThrow();
    runtime.start(leases.load());
    return runtime;
  }

  /** Starts the next agent, after this one has stopped. */
  void runAgain(boolean readOnly) {
    inbox = new AgentInbox();
    agent = run(readOnly);
  }

  void stop() {
    agent.stop();
  }

  void handOver() {
    agent.handOver();
  }

  /** Stops the agent, and discards its messages. */
  void stopAndForget() {
    agent.stop();
    // its last messages arrive before this one
    String end = SUBJECTS.prefix() + ".test.end";
    client.publish(end, new byte[0]);
    eventually().until(() -> heard.stream().anyMatch(each -> each.getSubject().equals(end)));
    heard.clear();
  }

  @Override
  public void close() {
    agent.stop();
    server.close();
  }

  /** Signals a xenstore change. */
  void changed(String path, String token) {
    inbox.xen(new XenEvent.Changed(path, token));
  }

  /** Queues a command from the host itself. */
  boolean local(IncomingCommand command) {
    return inbox.localCommand(command);
  }

  /** The number of commands refused as overload. */
  long refused() {
    return inbox.refused();
  }

  <T extends ControlMessage> Stream<T> received(Class<T> type) {
    return heard.stream()
        .filter(message -> !message.getSubject().equals(SUBJECTS.sample(id)))
        .map(message -> ControlJson.decode(type, message.getData()))
        .flatMap(decoded ->
            decoded instanceof Decoded.Ok<T>(T value) ? Stream.of(value) : Stream.empty());
  }

  void awaitOutcome(Outcome.Result result) {
    eventually().until(() -> received(Outcome.class).anyMatch(each -> each.result() == result));
  }

  /** The last map that has disks. */
  MappingSnapshot snapshot() {
    eventually()
        .until(() -> received(MappingSnapshot.class).anyMatch(each -> !each.disks().isEmpty()));
    return received(MappingSnapshot.class)
        .filter(each -> !each.disks().isEmpty())
        .toList()
        .getLast();
  }

  MappedDisk swapDisk() {
    return snapshot().disks().stream()
        .filter(disk -> disk.volume().role() == VolumeRole.SWAP)
        .findFirst()
        .orElseThrow();
  }

  MessageId newId() {
    return MessageId.of(nowMillis(), random);
  }

  byte[] encoded(CommandAction action) {
    return ControlJson.encode(
        new Command(
            newId(),
            id,
            1,
            "controller-1",
            InstantSource.system().instant(),
            30_000,
            "swap storm",
            action));
  }

  Outcome ask(CommandAction action) throws InterruptedException {
    Message answer = client.request(SUBJECTS.command(id), encoded(action), Duration.ofSeconds(30));
    assertThat(answer).isNotNull();
    Decoded<Outcome> decoded = ControlJson.decode(Outcome.class, answer.getData());
    assertThat(decoded).isInstanceOf(Decoded.Ok.class);
    return ((Decoded.Ok<Outcome>) decoded).value();
  }

  CommandAction.Set idle(MappedDisk disk, long leaseMillis) {
    return new CommandAction.Set(
        newId(),
        disk.domain(),
        disk.disk().vdev(),
        snapshot().origin().boot(),
        disk.workers().stream().map(Worker::id).toList(),
        Restraint.Priority.IDLE,
        leaseMillis);
  }

  void assertPriorities(MappedDisk disk, IoPriority expected) {
    assertThat(disk.workers())
        .allSatisfy(
            worker -> assertThat(host.get(worker.pid())).isEqualTo(ReadResult.present(expected)));
  }
}
