package io.blkwarden.controller.bus;

import io.blkwarden.controller.baseline.DiskBaseline;
import io.blkwarden.controller.bus.StoreFlow.Fence;
import io.blkwarden.controller.nats.Bucket;
import io.blkwarden.controller.nats.BusMessage;
import io.blkwarden.controller.nats.Feed;
import io.blkwarden.controller.nats.JetStreamAssets;
import io.blkwarden.controller.nats.KvEvent;
import io.blkwarden.controller.nats.LinkState;
import io.blkwarden.controller.nats.NatsLink;
import io.blkwarden.controller.nats.NatsSettings;
import io.blkwarden.controller.nats.Presence;
import io.blkwarden.controller.nats.WaitingThreads;
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
import java.util.random.RandomGenerator;
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
 * The fleet's messages over NATS, as flows.
 *
 * <p>Three connections, so that a stall of one cannot delay another: samples and stored maps in;
 * control both ways; alerts and decisions out. It starts without NATS and keeps trying; flows may
 * be subscribed before that, each once, and outlive every outage. Cancelling a flow unsubscribes.
 *
 * <p>Messages of hosts, of operators and outcomes come on the client's threads, which must not
 * wait, and are dropped and counted when they are not requested; see {@link Feed}. What waits for
 * the server runs on threads of its own: the claim on one that nothing else uses.
 */
public final class NatsFleetBus implements FleetBus, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(NatsFleetBus.class);
  private static final Duration READ = Duration.ofSeconds(3);
  private static final int THREADS = 8;
  private static final int TASKS = 1_024;
  private static final int FETCH_THREADS = 2;
  private static final int FETCHES = 512;
  private static final long SEEKERS_MAX = 1_000;
  private static final long SEEKERS_MAX_BYTES = 1 << 20;

  private final NatsSettings settings;
  private final InstantSource clock;
  private final Scheduler waiting = WaitingThreads.some("blkwarden-bus", THREADS, TASKS);
  private final Scheduler timer = WaitingThreads.one("blkwarden-timer");
  private final Scheduler mapping = WaitingThreads.one("blkwarden-maps");
  private final Scheduler fetching = WaitingThreads.some("blkwarden-fetch", FETCH_THREADS, FETCHES);
  private final Scheduler claiming = WaitingThreads.one("blkwarden-claim");
  private final Scheduler sharing = WaitingThreads.one("blkwarden-shared");
  private final Scheduler alerting = WaitingThreads.one("blkwarden-alerts");
  private final Scheduler deciding = WaitingThreads.one("blkwarden-decisions");
  private final NatsLink samplesLink;
  private final NatsLink control;
  private final NatsLink alertsLink;
  private final Feed samples;
  private final Feed reports;
  private final Feed outcomes;
  private final Feed requests;
  private final SharedStates shared = new SharedStates(sharing);
  private final OperatorInputBucket inputs;
  private final BaselineBucket baselines;
  private final StoreSetup preparation;
  private final LeaderElection desk;
  private final AlertStore alerts;
  private final DecisionStore decisions;
  private final Disposable.Composite life = Disposables.composite();
  private volatile String linkProblem = "not connected to NATS yet";

  /**
   * A bus that is not started yet.
   *
   * @param run random for each start, tells apart controllers of the same name
   * @param mayLead whether this controller may claim the fleet
   */
  public NatsFleetBus(
      NatsSettings settings,
      String run,
      BusCounters counters,
      InstantSource clock,
      RandomGenerator random,
      BooleanSupplier mayLead) {
    this.settings = settings;
    this.clock = clock;
    Subjects subjects = settings.subjects();
    samplesLink = new NatsLink(settings, "samples", counters, random, waiting, timer);
    control = new NatsLink(settings, "control", counters, random, waiting, timer);
    alertsLink = new NatsLink(settings, "alerts", counters, random, waiting, timer);
    samples = samplesLink.feed(List.of(subjects.allSamples()));
    reports = control.feed(List.of(subjects.allMappings(), subjects.allHeartbeats()));
    outcomes = control.feed(List.of(subjects.allOutcomes()));
    requests = control.feed(subjects.allOperatorRequests());
    inputs = new OperatorInputBucket(control, shared);
    baselines = new BaselineBucket(control);
    preparation = new StoreSetup(control, inputs, baselines, shared, waiting, timer, random);
    desk =
        new LeaderElection(
            new LeaderLease(
                settings.instance(),
                run,
                clock,
                () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()),
                settings.aboveEpoch(),
                mayLead),
            control,
            preparation::done,
            new OpenAlerts(control, subjects, this::pendingAlerts),
            shared,
            this::claimFailed,
            clock,
            counters,
            claiming);
    Flux<?> back = Flux.defer(this::back);
    alerts =
        new AlertStore(alertsLink, subjects, counters, this::alertFence, back, alerting, random);
    decisions =
        new DecisionStore(
            alertsLink, subjects, counters, this::decisionFence, back, deciding, random);
  }

  /** An element when NATS is back from now on. */
  private Flux<Long> back() {
    long prepared = preparation.times();
    long ups = alertsLink.ups();
    return Flux.merge(
        preparation.prepared().filter(times -> times > prepared),
        alertsLink
            .states()
            .ofType(LinkState.Up.class)
            .map(LinkState.Up::number)
            .filter(number -> number > ups));
  }

  /** Begins to connect and to deliver; returns at once. */
  public void start() {
    Stream.of(samplesLink, control, alertsLink)
        .forEach(link -> life.add(link.states().subscribe(this::watch)));
    life.add(
        preparation
            .prepared()
            .subscribe(times -> {
              if (times == 1) {
                log.info("NATS: ready at {}", settings.printableServers());
              }
              desk.look();
            }));
    life.add(
        control
            .feed(List.of("$KV." + JetStreamAssets.CLAIM + "." + LeaderLease.KEY))
            .messages() // a bucket is a stream, and a put a message that plain subscribers hear too
            .subscribe(message -> desk.written(message.payload())));
    Presence presence = new Presence(settings.subjects(), settings.instance(), clock.instant());
    life.add(
        control
            .feed(List.of(Presence.subjects()), null, SEEKERS_MAX, SEEKERS_MAX_BYTES)
            .messages()
            .subscribe(asked -> present(presence, asked)));
    preparation.start();
    desk.start();
    samplesLink.start();
    control.start();
    alertsLink.start();
  }

  private void present(Presence presence, BusMessage asked) {
    byte[] answer = presence.answer(asked.subject());
    String replyTo = asked.replyTo();
    if (answer != null && replyTo != null && settings.subjects().isInbox(replyTo)) {
      try {
        control.publish(replyTo, answer);
      } catch (IllegalStateException e) {
        log.debug("not connected: a service discovery request is not answered");
      }
    }
  }

  /** Takes note of why there is no connection, and logs it once while it stays the same. */
  private synchronized void watch(LinkState changed) {
    List<LinkState.Seeking> seeking =
        Stream.of(samplesLink, control, alertsLink)
            .map(NatsLink::state)
            .filter(LinkState.Seeking.class::isInstance)
            .map(LinkState.Seeking.class::cast)
            .toList();
    if (seeking.isEmpty()) {
      linkProblem = "";
    } else if (changed instanceof LinkState.Seeking(String problem)
        && !problem.isEmpty()
        && !problem.equals(linkProblem)) {
      linkProblem = problem;
      log.error("{}", problem);
    }
  }

  private void claimFailed(IOException e) {
    Disposable _ = control.explain(e).subscribe(preparation::unsettled, preparation::unsettled);
  }

  private List<Alert> pendingAlerts() {
    return alerts.pending();
  }

  private Fence alertFence() {
    if (!preparation.done()) {
      return Fence.WAIT;
    }
    return switch (desk.claim()) {
      case Leadership.Leading _ -> Fence.OPEN;
      case Leadership.Unknown _ -> Fence.WAIT;
      case Leadership.Following _ -> Fence.LEAVE;
    };
  }

  private Fence decisionFence() {
    return preparation.done() ? Fence.OPEN : Fence.WAIT;
  }

  @Override
  public BusState state() {
    boolean connected = samplesLink.isUp() && control.isUp() && alertsLink.isUp();
    boolean prepared = preparation.done();
    String text =
        !connected && prepared && linkProblem.isEmpty()
            ? "the connection to NATS is lost; reconnecting"
            : Stream.of(linkProblem, preparation.problem(), alerts.problem(), decisions.problem())
                .filter(each -> !each.isEmpty())
                .collect(Collectors.joining("; "));
    return new BusState(connected, prepared, desk.claim(), text);
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
  public Flux<BusMessage> requests() {
    return requests
        .messages()
        .filter(each -> each.replyTo() != null && settings.subjects().isInbox(each.replyTo()));
  }

  /**
   * The hosts' last snapshots: the bucket whole at start and after each reconnection, at the pace
   * of the subscriber, on a thread of its own that may wait. When reading fails it begins again, so
   * a snapshot can come twice.
   */
  @Override
  public Flux<StoredMapping> mappings() {
    return preparation
        .prepared()
        .onBackpressureLatest()
        .concatMap(
            _ ->
                samplesLink // where nothing that must be soon waits behind thousands of maps
                    .entries(JetStreamAssets.MAPPING)
                    .mapNotNull(NatsFleetBus::stored)
                    .onErrorResume(e -> {
                      preparation.unsettled(e);
                      return Mono.empty();
                    }),
            1)
        .publishOn(mapping, 1);
  }

  private static @Nullable StoredMapping stored(KvEvent.@Nullable Entry entry) {
    byte[] json = entry == null ? null : entry.value();
    return entry == null || json == null ? null : new StoredMapping(entry.key(), json);
  }

  /**
   * What controllers share, in one order: operators' input before a claim, the open alerts right
   * before it. On a thread of its own; see {@link SharedStates}.
   */
  @Override
  public Flux<SharedState> shared() {
    return shared.flow();
  }

  /**
   * Asks a host's agent; the answer, or why there is none, comes on another thread, which must not
   * wait long.
   *
   * <p>Fails at once when NATS is away or no agent is subscribed; nothing is queued.
   */
  @Override
  public Mono<byte[]> request(HostId host, byte[] command, Duration timeout) {
    return control.request(
        HostToken.encode(host), settings.subjects().command(host), command, timeout);
  }

  /**
   * Writes or deletes a silence, an acknowledgement or the pause, and deletes those that are over;
   * completes once {@link #shared} has emitted it.
   */
  @Override
  public Mono<Void> store(OperatorInput input, boolean set, List<OperatorInput> expired) {
    return inputs.store(input, set, expired);
  }

  @Override
  public Mono<Void> forget(HostId host) {
    return control.purge(JetStreamAssets.MAPPING, HostToken.key(host));
  }

  /**
   * The host's last snapshot in the bucket; empty when there is none. At most {@link
   * #FETCH_THREADS} are read at a time and {@link #FETCHES} wait for each; more are rejected, for
   * they are asked for again.
   */
  @Override
  public Mono<StoredMapping> mapping(HostId host) {
    return Mono.fromCallable(() -> fetch(host)).subscribeOn(fetching).flatMap(found -> found);
  }

  /** Never throws: an error after the flow was cancelled would be logged as dropped. */
  private Mono<StoredMapping> fetch(HostId host) {
    try {
      Bucket bucket = control.bucket(JetStreamAssets.MAPPING, READ);
      return Mono.justOrEmpty(stored(bucket.get(HostToken.key(host))));
    } catch (IOException | RuntimeException e) {
      return Mono.error(e);
    }
  }

  /**
   * Writes what was learned of the fleet, of each class the latest; lost while NATS is away, which
   * is logged. Never fails.
   */
  @Override
  public Mono<Void> storeBaseline(DiskBaseline baseline) {
    return baselines.keep(baseline);
  }

  @Override
  public void reply(String replyTo, OperatorReply reply) {
    try {
      control.publish(replyTo, ControlJson.encode(reply));
    } catch (IllegalStateException | IllegalArgumentException e) {
      log.warn("operator's request: the answer could not be sent: {}", e.getMessage());
    }
  }

  @Override
  public void noticeEpoch(long epoch) {
    desk.notice(epoch);
  }

  /**
   * Stores alerts, in order, while this controller leads; see {@link AlertStore}. Completes when
   * the alerts have completed and each is stored, left to another controller, or refused.
   */
  @Override
  public Mono<Void> publishAlerts(Flux<Alert> published) {
    return alerts.store(published);
  }

  /**
   * Stores decisions, in order; see {@link DecisionStore}. Completes like {@link #publishAlerts}.
   */
  @Override
  public Mono<Void> publishDecisions(Flux<DecisionNote> notes) {
    return decisions.store(notes);
  }

  /** Alerts that wait to be stored. */
  public int waitingAlerts() {
    return alerts.waiting();
  }

  /** Decisions that wait to be stored. */
  public int waitingDecisions() {
    return decisions.waiting();
  }

  /** Samples that were dropped because they were not taken fast enough. */
  public long droppedSamples() {
    return samples.dropped();
  }

  /** Control messages that were dropped because they were not taken fast enough. */
  public long droppedControl() {
    return reports.dropped() + outcomes.dropped() + requests.dropped();
  }

  /** Gives the claim up and closes the connections; what is not stored by then is lost. */
  @Override
  public void close() {
    preparation.close();
    life.dispose();
    desk.close();
    Stream.of(samplesLink, control, alertsLink).forEach(NatsLink::close);
    Stream.of(waiting, timer, mapping, fetching, claiming, sharing, alerting, deciding)
        .forEach(Scheduler::dispose);
  }
}
