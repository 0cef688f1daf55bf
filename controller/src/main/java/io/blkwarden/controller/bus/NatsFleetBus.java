package io.blkwarden.controller.bus;

import io.blkwarden.controller.baseline.DiskBaseline;
import io.blkwarden.controller.bus.StreamPublisher.Gate;
import io.blkwarden.controller.leader.LeaderElection;
import io.blkwarden.controller.leader.LeaderLease;
import io.blkwarden.controller.leader.Leadership;
import io.blkwarden.controller.nats.BlockingSchedulers;
import io.blkwarden.controller.nats.Bucket;
import io.blkwarden.controller.nats.BusMessage;
import io.blkwarden.controller.nats.ConnectionState;
import io.blkwarden.controller.nats.JetStreamAssets;
import io.blkwarden.controller.nats.KvEvent;
import io.blkwarden.controller.nats.MessageSubscription;
import io.blkwarden.controller.nats.NatsConnection;
import io.blkwarden.controller.nats.NatsSettings;
import io.blkwarden.controller.nats.ServiceDiscovery;
import io.blkwarden.controller.snapshot.ControllerCounters;
import io.blkwarden.model.HostId;
import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.DecisionNote;
import io.blkwarden.model.message.OperatorInput;
import io.blkwarden.model.message.OperatorReply;
import io.blkwarden.model.subject.HostToken;
import io.blkwarden.model.subject.Subjects;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * The fleet bus over NATS.
 *
 * <p>It uses three connections, so that a stall of one cannot delay the others: one for samples and
 * stored mappings, one for control messages in both directions, one for alerts and decisions. It
 * starts without NATS and keeps trying. Flows may be subscribed to before that, each once, and
 * survive every outage.
 *
 * <p>Messages of hosts and operators arrive on jnats threads, which must not block, and are dropped
 * and counted if there is no demand; see {@link MessageSubscription}. Blocking calls run on threads
 * of their own; leader election has a thread that nothing else uses.
 */
public final class NatsFleetBus implements FleetBus, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(NatsFleetBus.class);
  private static final Duration READ_TIMEOUT = Duration.ofSeconds(3);
  private static final int THREADS = 8;
  private static final int TASKS_MAX = 1_024;
  private static final int FETCH_THREADS = 2;
  private static final int FETCHES_MAX = 512;
  private static final long DISCOVERY_MESSAGES_MAX = 1_000;
  private static final long DISCOVERY_BYTES_MAX = 1 << 20;

  private final NatsSettings settings;
  private final InstantSource clock;
  private final Disposable.Composite threads = Disposables.composite();
  private final Scheduler mappingThread = thread("blkwarden-maps");
  private final Scheduler fetchThreads = pool("blkwarden-fetch", FETCH_THREADS, FETCHES_MAX);
  private final NatsConnection samplesConnection;
  private final NatsConnection control;
  private final NatsConnection recordsConnection;
  private final MessageSubscription samples;
  private final MessageSubscription reports;
  private final MessageSubscription outcomes;
  private final MessageSubscription operatorRequests;
  private final SharedStateQueue sharedState = new SharedStateQueue(thread("blkwarden-shared"));
  private final OperatorInputBucket inputs;
  private final BaselineBucket baselines;
  private final JetStreamSetup setup;
  private final LeaderElection election;
  private final StreamPublisher<Alert> alerts;
  private final StreamPublisher<DecisionNote> decisions;
  private final Disposable.Composite subscriptions = Disposables.composite();
  private final Disposable.Swap rereading = Disposables.swap();
  private volatile String connectionProblem = "not connected to NATS yet";

  /**
   * Creates a bus that is not started.
   *
   * @param run random for each start; distinguishes controllers of the same name
   * @param mayLead whether this controller may lead
   */
  public NatsFleetBus(
      NatsSettings settings,
      String run,
      ControllerCounters counters,
      InstantSource clock,
      BooleanSupplier mayLead) {
    this.settings = settings;
    this.clock = clock;
    Subjects subjects = settings.subjects();
    Scheduler blocking = pool("blkwarden-bus", THREADS, TASKS_MAX);
    Scheduler timer = thread("blkwarden-timer");
    samplesConnection = new NatsConnection(settings, "samples", counters, blocking, timer);
    control = new NatsConnection(settings, "control", counters, blocking, timer);
    recordsConnection = new NatsConnection(settings, "alerts", counters, blocking, timer);
    samples = samplesConnection.subscription(List.of(subjects.allSamples()));
    reports = control.subscription(List.of(subjects.allMappings(), subjects.allHeartbeats()));
    outcomes = control.subscription(List.of(subjects.allOutcomes()));
    operatorRequests = control.subscription(subjects.allOperatorRequests());
    inputs = new OperatorInputBucket(control, sharedState);
    baselines = new BaselineBucket(control);
    setup = new JetStreamSetup(control, inputs, baselines, sharedState, blocking, timer);
    StreamPublishers publishers =
        new StreamPublishers(recordsConnection, subjects, counters, Flux.defer(this::reconnected));
    alerts = publishers.alerts(this::alertGate, thread("blkwarden-alerts"));
    decisions = publishers.decisions(this::decisionGate, thread("blkwarden-decisions"));
    OpenAlerts openAlerts = new OpenAlerts(control, subjects, alerts::pending);
    election =
        new LeaderElection(
            new LeaderLease(
                settings.instance(),
                run,
                clock,
                () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()),
                settings.aboveEpoch(),
                mayLead),
            control,
            new LeaderElection.Hooks(
                setup::isReady,
                openAlerts
                    .read()
                    .doOnNext(open -> {
                      if (!open.complete()) {
                        rereading.update(
                            openAlerts.readAgain(this::leads, timer).subscribe(sharedState::offer));
                      }
                    })
                    .map(sharedState::offer),
                now -> sharedState.offer(new FleetBus.SharedState.LeadershipChanged(now)),
                this::electionFailed,
                counters),
            clock,
            thread("blkwarden-leader"));
  }

  private boolean leads() {
    return election.leadership() instanceof Leadership.Leading;
  }

  private Scheduler thread(String name) {
    Scheduler created = BlockingSchedulers.single(name);
    threads.add(created);
    return created;
  }

  private Scheduler pool(String name, int size, int waiting) {
    Scheduler created = BlockingSchedulers.pool(name, size, waiting);
    threads.add(created);
    return created;
  }

  /** Emits when NATS is back after now. */
  private Flux<?> reconnected() {
    return Flux.merge(
        setup.ready(),
        recordsConnection.states().skip(1).filter(ConnectionState.Up.class::isInstance));
  }

  private Stream<NatsConnection> connections() {
    return Stream.of(samplesConnection, control, recordsConnection);
  }

  /** Starts to connect; returns at once. */
  public void start() {
    connections().forEach(each -> subscriptions.add(each.states().subscribe(this::onState)));
    String servers = settings.printableServers();
    subscriptions.add(setup.ready().next().subscribe(_ -> log.info("NATS: ready at {}", servers)));
    subscriptions.add(setup.ready().subscribe(_ -> election.check()));
    subscriptions.add(
        control
            .subscription(List.of("$KV.%s.%s".formatted(JetStreamAssets.LEADER, LeaderLease.KEY)))
            .messages() // a put into a bucket is a message that plain subscribers receive too
            .subscribe(message -> election.onLeaseWritten(message.payload())));
    ServiceDiscovery discovery =
        new ServiceDiscovery(settings.subjects(), settings.instance(), clock.instant());
    subscriptions.add(
        control
            .subscription(
                List.of(ServiceDiscovery.subjects()),
                null,
                DISCOVERY_MESSAGES_MAX,
                DISCOVERY_BYTES_MAX)
            .messages()
            .subscribe(request -> answer(discovery, request)));
    setup.start();
    election.start();
    connections().forEach(NatsConnection::start);
  }

  private void answer(ServiceDiscovery discovery, BusMessage request) {
    byte[] answer = discovery.answer(request.subject());
    String replyTo = request.replyTo();
    if (answer != null && replyTo != null && settings.subjects().isInbox(replyTo)) {
      try {
        control.publish(replyTo, answer);
      } catch (IllegalStateException e) {
        log.debug("service discovery request not answered: not connected to NATS");
      }
    }
  }

  /** Records why there is no connection, and logs it when it changes. */
  private synchronized void onState(ConnectionState state) {
    if (connections()
        .map(NatsConnection::state)
        .noneMatch(ConnectionState.Connecting.class::isInstance)) {
      connectionProblem = "";
    } else if (state instanceof ConnectionState.Connecting(String problem)
        && !problem.isEmpty()
        && !problem.equals(connectionProblem)) {
      connectionProblem = problem;
      log.error("{}", problem);
    }
  }

  private void electionFailed(IOException e) {
    Disposable _ = control.explain(e).subscribe(setup::restartAfter, setup::restartAfter);
  }

  private Gate alertGate() {
    if (!setup.isReady()) {
      return Gate.WAIT;
    }
    return switch (election.leadership()) {
      case Leadership.Leading _ -> Gate.PUBLISH;
      case Leadership.Unknown _ -> Gate.WAIT;
      case Leadership.Following _ -> Gate.DISCARD;
    };
  }

  private Gate decisionGate() {
    return setup.isReady() ? Gate.PUBLISH : Gate.WAIT;
  }

  @Override
  public FleetBus.Status status() {
    boolean connected = connections().allMatch(NatsConnection::isUp);
    boolean ready = setup.isReady();
    String problem =
        !connected && ready && connectionProblem.isEmpty()
            ? "the connection to NATS is lost; reconnecting"
            : Stream.of(connectionProblem, setup.problem(), alerts.problem(), decisions.problem())
                .filter(each -> !each.isEmpty())
                .collect(Collectors.joining("; "));
    return new FleetBus.Status(connected, ready, election.leadership(), problem);
  }

  @Override
  public Flux<BusMessage> samples() {
    return samples.messages();
  }

  @Override
  public Flux<BusMessage> reports() {
    return reports.messages();
  }

  @Override
  public Flux<BusMessage> outcomes() {
    return outcomes.messages();
  }

  @Override
  public Flux<BusMessage> operatorRequests() {
    return operatorRequests
        .messages()
        .filter(each -> each.replyTo() != null && settings.subjects().isInbox(each.replyTo()));
  }

  /** Restarts when reading fails, so a mapping can be emitted twice. */
  @Override
  public Flux<FleetBus.StoredMapping> storedMappings() {
    return setup
        .ready()
        .onBackpressureLatest()
        .concatMap(
            _ ->
                samplesConnection // not control, which thousands of mappings would delay
                    .entries(JetStreamAssets.MAPPING)
                    .mapNotNull(NatsFleetBus::stored)
                    .onErrorResume(e -> {
                      setup.restartAfter(e);
                      return Mono.empty();
                    }),
            1)
        .publishOn(mappingThread, 1);
  }

  private static @Nullable StoredMapping stored(KvEvent.@Nullable Entry entry) {
    byte[] json = entry == null ? null : entry.value();
    return entry == null || json == null ? null : new FleetBus.StoredMapping(entry.key(), json);
  }

  @Override
  public Flux<FleetBus.SharedState> sharedState() {
    return sharedState.states();
  }

  @Override
  public Mono<byte[]> sendCommand(HostId host, byte[] command, Duration timeout) {
    return control.request(
        HostToken.encode(host), settings.subjects().command(host), command, timeout);
  }

  @Override
  public Mono<Void> storeOperatorInput(
      OperatorInput input, boolean set, List<OperatorInput> expired) {
    return inputs.store(input, set, expired);
  }

  @Override
  public Mono<Void> deleteMapping(HostId host) {
    return control.purgeKey(JetStreamAssets.MAPPING, HostToken.key(host));
  }

  /** Rejects when {@link #FETCHES_MAX} requests wait; the engine asks again. */
  @Override
  public Mono<FleetBus.StoredMapping> storedMapping(HostId host) {
    return Mono.fromCallable(() -> fetch(host)).subscribeOn(fetchThreads).flatMap(found -> found);
  }

  /** Never throws: an error after the flow was cancelled would be logged as dropped. */
  private Mono<FleetBus.StoredMapping> fetch(HostId host) {
    try {
      Bucket bucket = control.bucket(JetStreamAssets.MAPPING, READ_TIMEOUT);
      return Mono.justOrEmpty(stored(bucket.get(HostToken.key(host))));
    } catch (IOException | RuntimeException e) {
      return Mono.error(e);
    }
  }

  @Override
  public Mono<Void> storeBaseline(DiskBaseline baseline) {
    return baselines.store(baseline);
  }

  @Override
  public void reply(String replyTo, OperatorReply reply) {
    try {
      control.publish(replyTo, ControlJson.encode(reply));
    } catch (IllegalStateException | IllegalArgumentException e) {
      log.warn("operator request: reply not sent: {}", e.getMessage());
    }
  }

  @Override
  public void observeEpoch(long epoch) {
    election.observeEpoch(epoch);
  }

  @Override
  public Mono<Void> publishAlerts(Flux<Alert> published) {
    return alerts.publish(published);
  }

  @Override
  public Mono<Void> publishDecisions(Flux<DecisionNote> published) {
    return decisions.publish(published);
  }

  /** Alerts that are not stored yet. */
  public int waitingAlerts() {
    return alerts.waiting();
  }

  /** Decisions that are not stored yet. */
  public int waitingDecisions() {
    return decisions.waiting();
  }

  /** Samples that were dropped because they arrived faster than they were processed. */
  public long droppedSamples() {
    return samples.dropped();
  }

  /** Control messages that were dropped because they arrived faster than they were processed. */
  public long droppedControl() {
    return reports.dropped() + outcomes.dropped() + operatorRequests.dropped();
  }

  /** Releases leadership and closes the connections; what is not stored by then is lost. */
  @Override
  public void close() {
    setup.close();
    rereading.dispose();
    subscriptions.dispose();
    election.close();
    connections().forEach(NatsConnection::close);
    threads.dispose();
  }
}
