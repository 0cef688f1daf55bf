package io.blkwarden.controller.app;

import io.blkwarden.controller.bus.FleetBus;
import io.blkwarden.controller.bus.NatsFleetBus;
import io.blkwarden.controller.bus.RecordServer;
import io.blkwarden.controller.config.ControllerSettings;
import io.blkwarden.controller.config.NotifyFile;
import io.blkwarden.controller.config.PolicyWatch;
import io.blkwarden.controller.dispatch.CommandFlow;
import io.blkwarden.controller.dispatch.EffectLog;
import io.blkwarden.controller.dispatch.MessageFactory;
import io.blkwarden.controller.dispatch.OperatorMailbox;
import io.blkwarden.controller.engine.Effect;
import io.blkwarden.controller.engine.EngineSettings;
import io.blkwarden.controller.engine.FleetEngine;
import io.blkwarden.controller.engine.Input;
import io.blkwarden.controller.history.FleetHistory;
import io.blkwarden.controller.history.RecentDecisions;
import io.blkwarden.controller.http.Approvals;
import io.blkwarden.controller.http.ChangeSignal;
import io.blkwarden.controller.http.DashboardData;
import io.blkwarden.controller.http.FleetView;
import io.blkwarden.controller.http.HttpSettings;
import io.blkwarden.controller.http.Metric;
import io.blkwarden.controller.http.Readiness;
import io.blkwarden.controller.http.StatusServer;
import io.blkwarden.controller.ingest.Backlog;
import io.blkwarden.controller.ingest.EngineInput;
import io.blkwarden.controller.ingest.EngineRunner;
import io.blkwarden.controller.ingest.FleetIntake;
import io.blkwarden.controller.ingest.LatestBatches;
import io.blkwarden.controller.leader.Leadership;
import io.blkwarden.controller.nats.BlockingSchedulers;
import io.blkwarden.controller.notify.Notifier;
import io.blkwarden.controller.notify.settings.Secret;
import io.blkwarden.controller.snapshot.ControllerCounters;
import io.blkwarden.controller.snapshot.FleetSnapshot;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.message.OperatorReply;
import io.blkwarden.model.message.OperatorReply.Verdict;
import io.blkwarden.model.message.Outcome;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * A running controller: wiring, start and shutdown.
 *
 * <p>It starts without NATS, and works as soon as NATS is available.
 */
public final class ControllerRuntime implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ControllerRuntime.class);

  /** An engine that ticks each second and has processed nothing for this long hangs. */
  private static final long ENGINE_IDLE_MILLIS = 15_000;

  private static final Duration DRAIN_MARGIN = Duration.ofSeconds(3);

  private final ControllerSettings settings;
  private final Clock clock = Clock.systemUTC();
  private final SecureRandom random = new SecureRandom();
  private final ControllerCounters counters = new ControllerCounters();
  private final FleetView view = new FleetView();
  private final RecentDecisions recentDecisions = new RecentDecisions();
  private final EffectLog effectLog = new EffectLog(counters);
  private final InputSink<EngineInput> internal = new InputSink<>();
  private final Disposable.Composite threads = Disposables.composite();
  private final Scheduler dispatchThread = thread("blkwarden-dispatch");
  private final Sinks.One<Throwable> failure = Sinks.one();
  private final NatsFleetBus bus;
  private final Notifier notifier;
  private final RecordServer records;
  private final FleetIntake intake;
  private final CommandFlow commands;
  private final ControllerPipeline pipeline;
  private final EngineRunner engine;
  private final Disposable flow;
  private final @Nullable PolicyWatch policies;
  private final @Nullable StatusServer http;
  private boolean closed;

  private ControllerRuntime(ControllerSettings settings, EngineSettings engineSettings) {
    this.settings = settings;
    String instance = settings.bus().instance();
    String run = UUID.randomUUID().toString();
    Scheduler control = thread("blkwarden-engine");
    bus = new NatsFleetBus(settings.bus(), run, counters, clock, this::hasPolicies);
    records = new RecordServer(settings.bus(), counters, clock);
    notifier = notifier(settings.pages());
    OperatorMailbox mailbox = new OperatorMailbox(bus::reply, clock, counters);
    intake = new FleetIntake(settings.bus().subjects(), new Backlog(), counters, clock, mailbox);
    LatestBatches batches = new LatestBatches(intake, control);
    commands =
        commandFlow(
            new CommandFlow.Results() {
              @Override
              public void outcome(Outcome outcome) {
                internal.put(intake.admitOutcome(outcome));
              }

              @Override
              public void abandoned(HostId host, MessageId command, String why) {
                internal.put(intake.commandAbandoned(host, command, why));
              }
            });
    FleetEngine core = new FleetEngine(engineSettings, random, instance);
    engine =
        new EngineRunner(
            core,
            intake,
            clock,
            () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()),
            view::update,
            this::onFailure);
    pipeline =
        new ControllerPipeline(
            new ControllerPipeline.Parts(
                bus,
                intake,
                batches,
                engine,
                commands,
                commandFlow(new CommandFlow.Results() {}),
                new MessageFactory(this::epoch, instance, clock, random),
                mailbox,
                notifier,
                new FleetReports(instance, core, view, this::readiness, mailbox, dispatchThread)
                    ::query,
                this::observe,
                internal,
                control,
                thread("blkwarden-reports")));
    policies = settings.policies() == null ? null : watch(settings.policies());
    http = settings.http() == null ? null : serve(settings.http(), core, approvals());
    flow = pipeline.start(this::onFailure);
    if (policies != null) {
      Scheduler watcher = BlockingSchedulers.single("blkwarden-policies");
      threads.add(watcher);
      watcher.schedule(policies);
    }
    bus.start();
    records.start();
  }

  /**
   * Starts a controller; returns before NATS is connected.
   *
   * @throws RuntimeException if the HTTP server cannot start
   */
  public static ControllerRuntime start(
      ControllerSettings settings, EngineSettings engineSettings) {
    return new ControllerRuntime(settings, engineSettings);
  }

  private Scheduler thread(String name) {
    Scheduler created = Schedulers.newSingle(name, true);
    threads.add(created);
    return created;
  }

  private void onFailure(Throwable fault) {
    Sinks.EmitResult _ = failure.tryEmitValue(fault); // first: logging may fail without memory
    log.error("engine failed, exiting: {}", fault.toString(), fault);
  }

  private PolicyWatch watch(Path folder) {
    return new PolicyWatch(
        folder,
        settings.labels(),
        load ->
            internal.put(
                new EngineInput.Single(
                    new Input.PoliciesLoaded(load.policies(), load.problems().isEmpty()))));
  }

  /** Whether a policy file is valid: a leader without policies would release all throttles. */
  private boolean hasPolicies() {
    PolicyWatch watch = policies;
    return watch != null && !watch.load().good().isEmpty();
  }

  /** Whether the controller is ready, and what is wrong. */
  public Readiness readiness() {
    List<String> problems = new ArrayList<>();
    List<String> remarks = new ArrayList<>();
    long idle = engine.idleMillis();
    if (idle > ENGINE_IDLE_MILLIS) {
      problems.add("the engine has processed nothing for %d s".formatted(idle / 1_000));
    }
    FleetBus.Status status = bus.status();
    if (!status.problem().isEmpty()) {
      problems.add(status.problem());
    }
    switch (status.leadership()) {
      case Leadership.Leading _ -> {}
      case Leadership.Unknown _ -> problems.add("no leader known yet");
      case Leadership.Following(String holder, long _) ->
          problems.add("standby: controller %s leads".formatted(holder));
    }
    view.operatorState()
        .pause()
        .ifPresent(pause ->
            remarks.add(
                "enforcement is paused by %s since %s: %s"
                    .formatted(pause.by(), pause.at(), pause.reason())));
    remarks.addAll(view.problemRemarks());
    if (policies == null) {
      problems.add("started without --policies, so it never leads");
    } else {
      if (policies.load().good().isEmpty()) {
        problems.add("no valid policy file in %s, so it never leads".formatted(policies.folder()));
      }
      if (!policies.folderProblem().isEmpty()) {
        remarks.add(policies.folderProblem());
      }
      policies.load().problems().forEach(problem -> remarks.add(problem.toString()));
    }
    return new Readiness(!engine.hasFailed(), problems, remarks);
  }

  /**
   * Reports readiness periodically, each time between two inputs of the engine. The reports stop
   * when the engine hangs.
   *
   * @param consumer is called on the engine's thread, so it must not block
   */
  public void reportReadiness(Duration interval, Consumer<Readiness> consumer) {
    threads.add(
        Flux.interval(Duration.ZERO, interval, dispatchThread)
            .onBackpressureDrop()
            .concatMap(
                _ ->
                    pipeline
                        .query(this::readiness)
                        .doOnNext(consumer)
                        .onErrorResume(e -> {
                          log.warn("readiness not reported: {}", e.toString());
                          return Mono.empty();
                        }),
                1)
            .subscribe(_ -> {}, e -> log.error("readiness is no longer reported: {}", e, e)));
  }

  /** Whether it is known which controller leads. */
  public boolean leadershipKnown() {
    return !(bus.status().leadership() instanceof Leadership.Unknown);
  }

  /** The HTTP port; empty without HTTP. */
  public Optional<Integer> httpPort() {
    return Optional.ofNullable(http).map(StatusServer::port);
  }

  /** The counters. */
  public ControllerCounters counters() {
    return counters;
  }

  /** The latest view of the fleet. */
  public FleetView view() {
    return view;
  }

  /**
   * Shuts down gracefully: stops the intake, waits for answers to commands in flight, stores alerts
   * and decisions, delivers notifications, and closes.
   *
   * @param timeout of each of these steps
   * @return whether nothing was left over
   */
  public synchronized boolean stop(Duration timeout) {
    if (closed) {
      return true;
    }
    boolean complete = false;
    try {
      Duration limit = timeout.multipliedBy(2).plus(DRAIN_MARGIN); // in case the engine hangs
      boolean stored =
          Boolean.TRUE.equals(pipeline.drain(timeout).timeout(limit, Mono.just(false)).block());
      complete = notifier.flush(timeout) == 0 && stored;
      if (complete) {
        log.info("stopped gracefully");
      } else {
        log.warn(
            "stopped with {} alerts and {} decisions not stored; abandoned commands and"
                + " notifications are logged above",
            bus.waitingAlerts(),
            bus.waitingDecisions());
      }
    } finally {
      close();
    }
    return complete;
  }

  /** Closes at once. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    flow.dispose();
    bus.close();
    records.close();
    threads.dispose();
    StatusServer server = http;
    if (server != null) {
      server.close();
    }
  }

  /** Completes with the error when the engine has failed, so that the process can exit. */
  public Mono<Throwable> failure() {
    return failure.asMono();
  }

  private void observe(Effect effect) {
    view.update(effect);
    if (effect instanceof Effect.RecordDecision note) {
      recentDecisions.see(note.decision());
    } else if (effect instanceof Effect.Failed) {
      counters.stepFailures.increment();
    }
    effectLog.accept(effect);
  }

  private StatusServer serve(HttpSettings httpSettings, FleetEngine core, Approvals approvals) {
    Scheduler pages = thread("blkwarden-pages");
    Function<FleetSnapshot.Parts, Mono<FleetSnapshot>> snapshots =
        parts -> pipeline.query(() -> core.snapshot(parts));
    FleetSnapshot.Parts metered = FleetSnapshot.Parts.busiest(settings.metricsDisks());
    FleetMetrics fleet =
        new FleetMetrics(() -> snapshots.apply(metered), view, thread("blkwarden-metrics"));
    Metrics metrics = new Metrics(bus, counters, commands, view, policies);
    FleetHistory history = new FleetHistory();
    ChangeSignal changes = new ChangeSignal();
    StatusServer server =
        StatusServer.start(
            httpSettings,
            this::readiness,
            new DashboardData(
                view,
                history,
                recentDecisions,
                hosts -> snapshots.apply(new FleetSnapshot.Parts(false, hosts, 0)),
                text -> pipeline.query(() -> core.search(text, DashboardData.SEARCH_MAX)),
                changes,
                pages),
            new Metric.Source(metrics.all(clock, this::readiness, fleet), fleet::get),
            approvals,
            records::auditTrail);
    threads.add(
        new HistoryRecorder(history, changes, snapshots, pages)
            .snapshots()
            .subscribe(_ -> {}, e -> log.error("history is no longer recorded: {}", e, e)));
    return server;
  }

  private Approvals approvals() {
    Secret token = settings.httpToken();
    return new Approvals(
        token == null ? null : token::matches,
        request ->
            Mono.<OperatorReply>create(
                    sink -> internal.put(intake.readRequest(request, null, sink::success)))
                .timeout(
                    Duration.ofMillis(OperatorMailbox.WAIT_MILLIS),
                    Mono.just(new OperatorReply(Verdict.FAILED, "no reply in time"))));
  }

  private OptionalLong epoch() {
    return bus.status().leadership() instanceof Leadership.Leading(long epoch)
        ? OptionalLong.of(epoch)
        : OptionalLong.empty();
  }

  private Notifier notifier(NotifyFile file) {
    return new Notifier(
        file.settings(),
        file.tokens(),
        clock,
        () -> epoch().isPresent(),
        counters,
        thread("blkwarden-notify"));
  }

  private CommandFlow commandFlow(CommandFlow.Results results) {
    return new CommandFlow(
        bus::sendCommand,
        used -> epoch().equals(OptionalLong.of(used)),
        results,
        dispatchThread,
        counters,
        random);
  }
}
