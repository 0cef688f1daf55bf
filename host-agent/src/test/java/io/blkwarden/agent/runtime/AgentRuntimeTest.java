package io.blkwarden.agent.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.agent.bus.BusSettings;
import io.blkwarden.agent.bus.NatsControlBus;
import io.blkwarden.agent.bus.NatsServer;
import io.blkwarden.agent.bus.OutcomeJournal;
import io.blkwarden.agent.lease.LeaseFile;
import io.blkwarden.agent.mapping.HostSnapshot;
import io.blkwarden.agent.mapping.SeenBio;
import io.blkwarden.agent.mapping.Unread;
import io.blkwarden.agent.mapping.verdict.RolePatterns;
import io.blkwarden.agent.probe.BootId;
import io.blkwarden.agent.probe.Reading;
import io.blkwarden.agent.scan.HostScanner;
import io.blkwarden.agent.sim.HostSpec;
import io.blkwarden.agent.sim.SimulatedHost;
import io.blkwarden.agent.throttle.HeldWorker;
import io.blkwarden.agent.throttle.Lease;
import io.blkwarden.agent.throttle.LimitGroups;
import io.blkwarden.agent.throttle.StoredLeases;
import io.blkwarden.agent.xenstore.LabelTree;
import io.blkwarden.agent.xenstore.XenEvent;
import io.blkwarden.agent.xenstore.XenStore;
import io.blkwarden.model.DomainRef;
import io.blkwarden.model.HostId;
import io.blkwarden.model.IoPriority;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MappingState;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.Restraint;
import io.blkwarden.model.VolumeRole;
import io.blkwarden.model.Worker;
import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.json.Decoded;
import io.blkwarden.model.message.Command;
import io.blkwarden.model.message.CommandAction;
import io.blkwarden.model.message.ControlMessage;
import io.blkwarden.model.message.DiskDetached;
import io.blkwarden.model.message.DomainStarted;
import io.blkwarden.model.message.DomainStopped;
import io.blkwarden.model.message.Heartbeat;
import io.blkwarden.model.message.MappingSnapshot;
import io.blkwarden.model.message.Outcome;
import io.blkwarden.model.message.Outcome.Result;
import io.blkwarden.model.message.WorkersChanged;
import io.blkwarden.model.sample.SampleCodec;
import io.blkwarden.model.sample.SampleFrame;
import io.blkwarden.model.subject.Subjects;
import io.nats.client.Connection;
import io.nats.client.Message;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole agent on a simulated host, with a real nats-server and a real lease file. */
final class AgentRuntimeTest {
  private static final Subjects SUBJECTS = Subjects.DEFAULT;

  @TempDir Path state;

  private final Random random = new Random(5);
  private final SimulatedHost host =
      new SimulatedHost(HostSpec.ofFleet("dom0-", 0), AgentRuntimeTest::nowMillis);
  private final HostId id = host.host();
  private final AtomicBoolean unreadable = new AtomicBoolean();
  private final Map<String, String> labels = new ConcurrentHashMap<>();

  /** Held to keep the agent from going on. */
  private final ReentrantLock scanning = new ReentrantLock();

  private final Queue<Message> heard = new ConcurrentLinkedQueue<>();
  private NatsServer server;
  private Connection client;
  private AgentRuntime agent;
  private AgentInbox agentInbox = new AgentInbox();

  private static long nowMillis() {
    return System.nanoTime() / 1_000_000;
  }

  @BeforeEach
  void start() throws Exception {
    server = NatsServer.start();
    client = server.connect();
    client.createDispatcher(heard::add).subscribe(SUBJECTS.prefix() + ".>");
    client.flush(Duration.ofSeconds(10));
    agent = startAgent(false);
  }

  private AgentRuntime startAgent(boolean readOnly) {
    agentInbox = new AgentInbox();
    LeaseFile leases = new LeaseFile(state);
    BusSettings bus =
        new BusSettings(
            List.of(server.url()), Optional.empty(), id, SUBJECTS, Duration.ofMillis(100));
    AgentPorts ports =
        new AgentPorts(
            host,
            host,
            this::scan,
            Tracing.none("not here"),
            host,
            LimitGroups.none("no cgroups here"),
            leases,
            Optional.empty(),
            new NatsControlBus(bus, OutcomeJournal.NONE, AgentRuntimeTest::nowMillis, random),
            AgentRuntimeTest::nowMillis,
            InstantSource.system(),
            random);
    AgentSettings settings =
        new AgentSettings(id, "test", Duration.ofMillis(200), readOnly, RolePatterns.DEFAULTS);
    Reading<AgentRuntime> made = AgentRuntime.create(settings, ports, agentInbox);
    assertThat(made.isPresent()).as(made.describe()).isTrue();
    AgentRuntime runtime = made.toOptional().orElseThrow();
    runtime.start(leases.load());
    return runtime;
  }

  private HostSnapshot scan(Supplier<List<SeenBio>> drain) {
    scanning.lock();
    try {
      return seen(drain);
    } finally {
      scanning.unlock();
    }
  }

  private HostSnapshot seen(Supplier<List<SeenBio>> drain) {
    HostSnapshot whole = new HostScanner(host, new Labelled(), host).scan(drain);
    return unreadable.get()
        ? new HostSnapshot(
            whole.kernel(),
            whole.uptimeTicks(),
            List.of(),
            List.of(),
            whole.threads(),
            whole.dmDevices(),
            List.of(),
            List.of(),
            List.of(new Unread("xenstore", "no connection", true)))
        : whole;
  }

  /** The host's xenstore with what dom0 wrote of guests. */
  private final class Labelled implements XenStore {
    @Override
    public Reading<String> read(String path) {
      String label = labels.get(path);
      return label == null ? host.read(path) : Reading.present(label);
    }

    @Override
    public Reading<List<String>> directory(String path) {
      if (!path.startsWith(LabelTree.ROOT)) {
        return host.directory(path);
      }
      List<String> names =
          labels.keySet().stream()
              .filter(each -> each.startsWith(path + "/"))
              .map(each -> each.substring(path.length() + 1).replaceFirst("/.*", ""))
              .distinct()
              .toList();
      return names.isEmpty() ? host.directory(path) : Reading.present(names);
    }

    @Override
    public Optional<String> watch(String path, String token) {
      return host.watch(path, token);
    }
  }

  @Test
  void whatDom0WritesOfAGuestIsToldWithItsDisks() {
    MappedDisk disk = swapDisk();
    assertThat(disk.domainLabels()).isEmpty();

    String path = LabelTree.ROOT + "/" + disk.domain().uuid() + "/protected";
    labels.put(path, "true");
    agentInbox.xen(new XenEvent.Changed(path, LabelTree.ROOT));

    Map<String, String> said = Map.of("protected", "true");
    eventually()
        .until(() ->
            heard(WorkersChanged.class)
                .anyMatch(each ->
                    each.disk().key().equals(disk.key())
                        && each.disk().domainLabels().equals(said)));
    eventually().until(() -> swapDisk().domainLabels().equals(said));
    assertThat(snapshot().disks())
        .filteredOn(each -> !each.domain().equals(disk.domain()))
        .isNotEmpty()
        .allMatch(each -> each.domainLabels().isEmpty());
  }

  @AfterEach
  void stop() throws Exception {
    agent.stop();
    server.close();
  }

  private static ConditionFactory eventually() {
    return Awaitility.await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(20));
  }

  private <T extends ControlMessage> Stream<T> heard(Class<T> type) {
    return heard.stream()
        .filter(message -> !message.getSubject().equals(SUBJECTS.sample(id)))
        .map(message -> ControlJson.decode(type, message.getData()))
        .flatMap(decoded ->
            decoded instanceof Decoded.Ok<T>(T value) ? Stream.of(value) : Stream.empty());
  }

  private MappingSnapshot snapshot() {
    eventually()
        .until(() -> heard(MappingSnapshot.class).anyMatch(each -> !each.disks().isEmpty()));
    return heard(MappingSnapshot.class).filter(each -> !each.disks().isEmpty()).toList().getLast();
  }

  private MappedDisk swapDisk() {
    return snapshot().disks().stream()
        .filter(disk -> disk.volume().role() == VolumeRole.SWAP)
        .findFirst()
        .orElseThrow();
  }

  private byte[] encoded(CommandAction action) {
    return ControlJson.encode(
        new Command(
            MessageId.of(nowMillis(), random),
            id,
            1,
            "controller-1",
            InstantSource.system().instant(),
            30_000,
            "swap storm",
            action));
  }

  private Outcome ask(CommandAction action) throws InterruptedException {
    Message answer = client.request(SUBJECTS.command(id), encoded(action), Duration.ofSeconds(30));
    assertThat(answer).isNotNull();
    Decoded<Outcome> decoded = ControlJson.decode(Outcome.class, answer.getData());
    assertThat(decoded).isInstanceOf(Decoded.Ok.class);
    return ((Decoded.Ok<Outcome>) decoded).value();
  }

  private CommandAction.Set idle(MappedDisk disk, long leaseMillis) {
    return new CommandAction.Set(
        MessageId.of(nowMillis(), random),
        disk.domain(),
        disk.disk().vdev(),
        snapshot().origin().boot(),
        disk.workers().stream().map(Worker::id).toList(),
        Restraint.Priority.IDLE,
        leaseMillis);
  }

  private void assertPriorities(MappedDisk disk, IoPriority expected) {
    assertThat(disk.workers())
        .allSatisfy(
            worker -> assertThat(host.get(worker.pid())).isEqualTo(Reading.present(expected)));
  }

  @Test
  void tellsItsMapAndItsSamples() {
    MappingSnapshot snapshot = snapshot();

    assertThat(snapshot.disks()).allMatch(disk -> disk.state() == MappingState.RESOLVED);
    assertThat(snapshot.domains().stream().map(DomainRef::name)).containsAll(host.guests());
    assertThat(heard(DomainStarted.class)).as("what was there before is no event").isEmpty();
    assertThat(snapshot.origin().revision()).isPositive();
    SampleFrame frame = new SampleFrame();
    eventually()
        .until(() ->
            heard.stream()
                .filter(message -> message.getSubject().equals(SUBJECTS.sample(id)))
                .filter(
                    message -> SampleCodec.decode(message.getData(), frame) instanceof Decoded.Ok)
                .anyMatch(_ -> frame.disks().rows() == snapshot.disks().size()));
    assertThat(frame.disks().present(0)).isTrue();
    assertThat(frame.run()).isEqualTo(snapshot.origin().run());
    eventually().until(() -> heard(Heartbeat.class).findAny().isPresent());
    assertThat(heard(Heartbeat.class).findFirst().orElseThrow().acting()).isTrue();
  }

  @Test
  void setsAPriorityAndPutsItBackInTime() throws InterruptedException {
    MappedDisk disk = swapDisk();

    Outcome applied = ask(idle(disk, 1_000));

    assertThat(applied.result()).as(applied.detail()).isEqualTo(Result.APPLIED);
    eventually()
        .until(() -> heard(Outcome.class).anyMatch(each -> each.result() == Result.EXPIRED));
    assertPriorities(disk, IoPriority.UNSET);
    assertThat(heard(Outcome.class).filter(each -> each.result() == Result.EXPIRED))
        .allMatch(each -> each.lease() != null && each.lease().equals(applied.lease()));
  }

  @Test
  void endsItsLeasesInTimeWhileAScanWaits() throws InterruptedException {
    MappedDisk disk = swapDisk();
    assertThat(ask(idle(disk, 3_000)).result()).isEqualTo(Result.APPLIED);
    scanning.lock();
    try {
      agentInbox.xen(new XenEvent.Changed("@releaseDomain", "@releaseDomain"));
      eventually().until(scanning::hasQueuedThreads);
      assertPriorities(disk, IoPriority.IDLE);

      eventually()
          .until(() -> heard(Outcome.class).anyMatch(each -> each.result() == Result.EXPIRED));

      assertPriorities(disk, IoPriority.UNSET);
      assertThat(scanning.hasQueuedThreads()).as("the scan still waits").isTrue();
    } finally {
      scanning.unlock();
    }
  }

  @Test
  void endsItsLeasesWhenItStops() throws InterruptedException {
    MappedDisk disk = swapDisk();
    assertThat(ask(idle(disk, 600_000)).result()).isEqualTo(Result.APPLIED);
    assertPriorities(disk, IoPriority.IDLE);

    agent.stop();

    assertPriorities(disk, IoPriority.UNSET);
    eventually()
        .until(() -> heard(Outcome.class).anyMatch(each -> each.result() == Result.RELEASED));
  }

  @Test
  void whatItRefusesForWantOfRoomIsOnRecord() {
    snapshot();
    scanning.lock();
    try {
      agentInbox.xen(new XenEvent.Changed("@releaseDomain", "@releaseDomain"));
      eventually()
          .until(() -> {
            client.publish(
                SUBJECTS.command(id), client.createInbox(), encoded(new CommandAction.Snapshot()));
            return agentInbox.refused() > 0;
          });
    } finally {
      scanning.unlock();
    }

    eventually()
        .until(() ->
            heard(Outcome.class).anyMatch(each -> each.refusal() == Outcome.Refusal.OVERLOADED));
  }

  @Test
  void onlyWatchesWhenToldSo() throws InterruptedException {
    agent.stop();
    heard.clear();
    agent = startAgent(true);
    MappedDisk disk = swapDisk();

    Outcome outcome = ask(idle(disk, 10_000));

    assertThat(outcome.refusal()).isEqualTo(Outcome.Refusal.READ_ONLY);
    assertPriorities(disk, IoPriority.UNSET);
  }

  @Test
  void keepsItsLeasesWhileNatsIsAwayAndEndsThemInTime() throws Exception {
    MappedDisk disk = swapDisk();
    assertThat(ask(idle(disk, 3_000)).result()).isEqualTo(Result.APPLIED);

    server.kill();

    assertPriorities(disk, IoPriority.IDLE);
    eventually().untilAsserted(() -> assertPriorities(disk, IoPriority.UNSET));
    heard.clear();
    server.restart();
    eventually()
        .until(() -> heard(Outcome.class).anyMatch(each -> each.result() == Result.EXPIRED));
  }

  @Test
  void takesOverWhatACrashedAgentLeftBeforeAnythingElse() throws InterruptedException {
    MappedDisk disk = swapDisk();
    agent.stop();
    heard.clear();
    // What a run leaves that was killed after it had set the priority.
    List<HeldWorker> held =
        disk.workers().stream()
            .map(worker ->
                new HeldWorker(
                    worker.id(), worker.comm(), IoPriority.UNSET, null, List.of(IoPriority.IDLE)))
            .toList();
    disk.workers().forEach(worker -> assertThat(host.set(worker.pid(), IoPriority.IDLE)).isEmpty());
    MessageId id = MessageId.of(nowMillis(), random);
    Lease lease =
        new Lease(
            id,
            disk.domain(),
            disk.disk().vdev(),
            IoPriority.IDLE,
            null,
            nowMillis() + 600_000,
            "swap storm",
            null,
            held);
    UUID boot = BootId.read(host).toOptional().orElseThrow().id();
    assertThat(new LeaseFile(state).save(new StoredLeases(boot, 3, List.of(lease)))).isEmpty();

    agent = startAgent(false);

    eventually()
        .until(() -> heard(Outcome.class).anyMatch(each -> each.result() == Result.ADOPTED));
    assertPriorities(disk, IoPriority.IDLE);
    swapDisk();
    assertThat(ask(idle(disk, 10_000)).refusal()).isEqualTo(Outcome.Refusal.STALE_EPOCH);
    agent.stop();
    assertPriorities(disk, IoPriority.UNSET);
  }

  @Test
  void anUpgradeHandsTheLeasesToTheNextAgent() throws InterruptedException {
    MappedDisk disk = swapDisk();
    assertThat(ask(idle(disk, 600_000)).result()).isEqualTo(Result.APPLIED);
    agent.handOver();
    assertPriorities(disk, IoPriority.IDLE);
    agent = startAgent(false);
    eventually().until(() -> heard(Outcome.class).anyMatch(o -> o.result() == Result.ADOPTED));
    assertPriorities(disk, IoPriority.IDLE);
    agent.stop();
    assertPriorities(disk, IoPriority.UNSET);
  }

  private void awaitScanFault() {
    eventually()
        .until(() ->
            heard(Heartbeat.class)
                .flatMap(beat -> beat.probes().stream())
                .anyMatch(probe -> probe.name().equals("scan") && !probe.ok()));
  }

  @Test
  void whatCannotBeReadIsNotGone() {
    List<MappedDisk> disks = snapshot().disks();

    unreadable.set(true);
    assertThat(disks).isNotEmpty();
    agentInbox.xen(new XenEvent.Changed("/local/domain/0/backend/vbd", "vbd"));
    awaitScanFault();

    assertThat(heard(DomainStopped.class)).isEmpty();
    assertThat(heard(DiskDetached.class)).isEmpty();
    assertThat(snapshot().disks()).isEqualTo(disks);
  }

  @Test
  void aHostThatCannotBeReadAtFirstHasNoMapYet() {
    agent.stop();
    heard.clear();
    unreadable.set(true);
    agent = startAgent(false);
    awaitScanFault();
    assertThat(heard(MappingSnapshot.class)).isEmpty();

    unreadable.set(false);

    assertThat(snapshot().disks()).isNotEmpty();
  }

  @Test
  void sendsASnapshotOnRequest() throws InterruptedException {
    long before = snapshot().base().id();

    assertThat(ask(new CommandAction.Snapshot()).result()).isEqualTo(Result.DONE);

    eventually()
        .until(() -> heard(MappingSnapshot.class).anyMatch(each -> each.base().id() > before));
  }
}
