package io.blkwarden.controller.app;

import io.blkwarden.controller.bus.BusCounters;
import io.blkwarden.controller.bus.BusState;
import io.blkwarden.controller.bus.Leadership;
import io.blkwarden.controller.bus.NatsFleetBus;
import io.blkwarden.controller.bus.RecordServer;
import io.blkwarden.controller.config.ControllerSettings;
import io.blkwarden.controller.config.NotifyFile;
import io.blkwarden.controller.config.PolicyWatch;
import io.blkwarden.controller.dispatch.CommandFlow;
import io.blkwarden.controller.dispatch.DispatchCounters;
import io.blkwarden.controller.dispatch.EffectLog;
import io.blkwarden.controller.dispatch.IssuedMessages;
import io.blkwarden.controller.dispatch.LocalRequests;
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
import io.blkwarden.controller.http.MetricSource;
import io.blkwarden.controller.http.Readiness;
import io.blkwarden.controller.http.StatusServer;
import io.blkwarden.controller.ingest.Backlog;
import io.blkwarden.controller.ingest.EngineInput;
import io.blkwarden.controller.ingest.EngineRunner;
import io.blkwarden.controller.ingest.FleetIntake;
import io.blkwarden.controller.ingest.IntakeCounters;
import io.blkwarden.controller.ingest.LatestBatches;
import io.blkwarden.controller.nats.WaitingThreads;
import io.blkwarden.controller.notify.Notifier;
import io.blkwarden.controller.paging.Secret;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.message.Outcome;
import io.blkwarden.model.subject.Subjects;
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
 * A running controller, for {@code Main}, tests and other programs.
 *
 * <p>Starts without NATS, and does its work as soon as NATS is there.
 */
public final class ControllerRuntime implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ControllerRuntime.class);

  /** An engine that ticks each second and has taken nothing for so long hangs. */
  private static final long STILL_MILLIS = 15_000;

  private static final Duration SPARE = Duration.ofSeconds(3);

  private final ControllerSettings settings;
  private final Clock clock = Clock.systemUTC();
  private final SecureRandom random = new SecureRandom();
  private final BusCounters busCounts = new BusCounters();
  private final IntakeCounters intakeCounts = new IntakeCounters();
  private final DispatchCounters dispatchCounts = new DispatchCounters();
  private final FleetView view = new FleetView();
  private final FleetHistory history = new FleetHistory();
  private final RecentDecisions recentDecisions = new RecentDecisions();
  private final Backlog backlog = new Backlog();
  private final InputSink<EngineInput> internal = new InputSink<>();
  private final Disposable.Composite threads = Disposables.composite();
  private final Scheduler control = thread("blkwarden-engine");
  private final Scheduler reporting = thread("blkwarden-reports");
  private final Scheduler dispatching = thread("blkwarden-dispatch");
  private final Scheduler notifying = thread("blkwarden-notify");
  private final Scheduler measuring = thread("blkwarden-metrics");
  private final Scheduler showing = thread("blkwarden-pages");
  private final Sinks.One<Throwable> broken = Sinks.one();
  private final NatsFleetBus bus;
  private final Notifier notifier;
  private final RecordServer records;
  private final AuditReader stories;
  private final FleetIntake intake;
  private final CommandFlow commands;
  private final EngineRunner engine;
  private final ControllerPipeline pipeline;
  private final Disposable flow;
  private final @Nullable PolicyWatch policies;
  private final @Nullable StatusServer http;
  private boolean closed;

  private ControllerRuntime(ControllerSettings settings, EngineSettings stepSettings) {
    this.settings = settings;
    String instance = settings.bus().instance();
    String run = UUID.randomUUID().toString();
    bus = new NatsFleetBus(settings.bus(), run, busCounts, clock, random, this::hasPolicies);
    records = new RecordServer(settings.bus(), busCounts, clock, random);
    stories = new AuditReader(records, clock);
    notifier = pages(settings.pages());
    LocalRequests local = new LocalRequests(bus::reply);
    OperatorMailbox mailbox = new OperatorMailbox(local, clock, dispatchCounts);
    Subjects subjects = settings.bus().subjects();
    intake = new FleetIntake(subjects, backlog, intakeCounts, clock, mailbox);
    LatestBatches batches = new LatestBatches(intake, subjects, intakeCounts, control);
    commands = commandFlow(toEngine());
    FleetEngine step = new FleetEngine(stepSettings, random, instance);
    engine =
        new EngineRunner(
            step,
            intakeCounts,
            backlog,
            intake,
            subjects,
            clock,
            () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()),
            view::update,
            this::broke);
    pipeline =
        new ControllerPipeline(
            new ControllerPipeline.Parts(
                bus,
                backlog,
                intake,
                batches,
                engine,
                commands,
                commandFlow(ignored()),
                new IssuedMessages(this::epoch, instance, clock, random),
                new StoredState(bus, internal, mailbox, batches),
                mailbox,
                notifier,
                new EffectLog(dispatchCounts),
                this::seen,
                intakeCounts),
            internal,
            control,
            reporting);
    policies = settings.policies() == null ? null : watch(settings.policies());
    http = settings.http() == null ? null : serve(settings.http(), step, approvals(local));
    flow = pipeline.start(this::broke);
    if (policies != null) {
      Scheduler watching = WaitingThreads.one("blkwarden-policies"); // for changes of files
      threads.add(watching);
      watching.schedule(policies);
    }
    bus.start();
    records.start();
  }

  private Scheduler thread(String name) {
    Scheduler made = Schedulers.newSingle(name, true);
    threads.add(made);
    return made;
  }

  private void broke(Throwable fault) {
    Sinks.EmitResult _ = broken.tryEmitValue(fault); // first: without memory nothing can be written
    log.error("engine failed, exiting: {}", fault.toString(), fault);
  }

  private PolicyWatch watch(Path folder) {
    return new PolicyWatch(
        folder,
        settings.labels(),
        load ->
            internal.put(
                new EngineInput.One(
                    new Input.PoliciesLoaded(load.policies(), load.problems().isEmpty()))));
  }

  /**
   * Starts a controller; returns before NATS is reached.
   *
   * @throws RuntimeException if it cannot serve HTTP where it should
   */
  public static ControllerRuntime start(ControllerSettings settings) {
    return start(settings, EngineSettings.DEFAULT);
  }

  /** Starts a controller whose step has other times and bounds. */
  public static ControllerRuntime start(ControllerSettings settings, EngineSettings stepSettings) {
    return new ControllerRuntime(settings, stepSettings);
  }

  /** Whether a policy file is valid: without any a controller would end what the leader did. */
  private boolean hasPolicies() {
    PolicyWatch watch = policies;
    return watch != null && !watch.load().good().isEmpty();
  }

  /** Whether it does its work, and what hinders it. */
  public Readiness readiness() {
    List<String> hindrances = new ArrayList<>();
    List<String> remarks = new ArrayList<>();
    long still = engine.stillMillis();
    if (still > STILL_MILLIS) {
      hindrances.add("the engine has taken nothing for %d s".formatted(still / 1_000));
    }
    BusState state = bus.state();
    if (!state.problem().isEmpty()) {
      hindrances.add(state.problem());
    }
    switch (state.leadership()) {
      case Leadership.Leading _ -> {}
      case Leadership.Unknown _ -> hindrances.add("no claim to command the fleet yet");
      case Leadership.Following lost ->
          hindrances.add("controller %s commands the fleet".formatted(lost.holder()));
    }
    view.operatorState()
        .pause()
        .ifPresent(pause ->
            remarks.add(
                "acting is paused by %s since %s: %s"
                    .formatted(pause.by(), pause.at(), pause.reason())));
    remarks.addAll(view.problemRemarks());
    PolicyWatch watch = policies;
    if (watch == null) {
      hindrances.add("started without --policies, so it never leads");
    } else {
      if (!hasPolicies()) {
        hindrances.add(
            "no policy file of %s holds, so it never leads".formatted(settings.policies()));
      }
      if (!watch.folderProblem().isEmpty()) {
        remarks.add(watch.folderProblem());
      }
      watch.load().problems().forEach(problem -> remarks.add(problem.toString()));
    }
    return new Readiness(!engine.dead(), hindrances, remarks);
  }

  /**
   * Calls back for as long as the controller lives: each time that the engine has answered a
   * question, which it does between two inputs. A controller that hangs falls silent.
   *
   * @param every time between two calls
   * @param alive gets whether it does its work; on the engine's thread, so it must not wait
   */
  public void whileAlive(Duration every, Consumer<Readiness> alive) {
    threads.add(
        Flux.interval(Duration.ZERO, every, dispatching)
            .onBackpressureDrop()
            .concatMap(
                _ -> pipeline.ask(this::readiness).doOnNext(alive).onErrorResume(this::untold), 1)
            .subscribe());
  }

  /** The next call comes all the same: without any the service manager would end the process. */
  private Mono<Readiness> untold(Throwable e) {
    log.warn("service manager: not told this time: {}", e.toString());
    return Mono.empty();
  }

  /** Whether it knows by NATS if it is the one that commands the fleet. */
  public boolean claimKnown() {
    return !(bus.state().leadership() instanceof Leadership.Unknown);
  }

  /** The port of HTTP, absent when there is none. */
  public Optional<Integer> httpPort() {
    StatusServer server = http;
    return server == null ? Optional.empty() : Optional.of(server.port());
  }

  /** Counts of what came in. */
  public IntakeCounters intakeCounters() {
    return intakeCounts;
  }

  /** Counts of what was carried out. */
  public DispatchCounters dispatchCounters() {
    return dispatchCounts;
  }

  /** Counts of the bus. */
  public BusCounters busCounters() {
    return busCounts;
  }

  /** What the fleet looked like last. */
  public FleetView view() {
    return view;
  }

  /**
   * Ends in good order: takes nothing in any more, lets commands that are under way be answered,
   * stores the alerts and decisions and delivers the pages; then closes.
   *
   * @param atMost how long the answers may take, and the rest then
   * @return whether nothing was left over
   */
  public synchronized boolean stop(Duration atMost) {
    if (closed) {
      return true;
    }
    boolean complete = false;
    try {
      Duration late = atMost.multipliedBy(2).plus(SPARE); // as when the engine hangs
      boolean stored =
          Boolean.TRUE.equals(pipeline.drain(atMost).timeout(late, Mono.just(false)).block());
      complete = notifier.flush(atMost) == 0 && stored;
      if (complete) {
        log.info("stopped in good order");
      } else {
        log.warn(
            "stopped with alerts not stored: {}, decisions: {}; commands and pages that were given"
                + " up are told above",
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
    stories.close();
    records.close();
    threads.dispose();
    StatusServer server = http;
    if (server != null) {
      server.close();
    }
  }

  /**
   * Completes with the fault when this controller can decide nothing any more, such as for want of
   * memory: the process is to end then, so that a supervisor starts another.
   */
  public Mono<Throwable> broken() {
    return broken.asMono();
  }

  private void seen(Effect effect) {
    view.update(effect);
    if (effect instanceof Effect.RecordDecision note) {
      recentDecisions.see(note.decision());
    } else if (effect instanceof Effect.Failed) {
      intakeCounts.stepFailures.increment();
    }
  }

  private MetricSource metrics(FleetEngine step) {
    List<Metric> all = new ArrayList<>();
    all.addAll(SelfMetrics.all(clock, this::readiness));
    all.addAll(new Metrics(bus, busCounts, intakeCounts, dispatchCounts, commands, policies).all());
    all.addAll(new AlertingMetrics(notifier, view, clock).all());
    FleetMetrics fleet =
        new FleetMetrics(
            () -> pipeline.ask(() -> step.reading(settings.metricsDisks())), view, measuring);
    all.addAll(fleet.all());
    return new MetricSource(all, fleet);
  }

  private StatusServer serve(HttpSettings place, FleetEngine step, Approvals approvals) {
    ChangeSignal pulse = new ChangeSignal();
    DashboardData shown =
        new DashboardData(
            view,
            history,
            recentDecisions,
            hosts -> pipeline.ask(() -> step.look(false, hosts)),
            pulse,
            showing);
    StatusServer server =
        StatusServer.start(place, this::readiness, shown, metrics(step), approvals, stories);
    threads.add(
        new HistoryRecorder(
                history, pulse, (all, near) -> pipeline.ask(() -> step.look(all, near)), showing)
            .kept()
            .subscribe());
    return server;
  }

  private Approvals approvals(LocalRequests local) {
    Secret token = settings.httpToken();
    return new Approvals(
        token == null ? null : token::matches,
        request -> local.ask(place -> internal.put(intake.request(request, null, place))),
        clock);
  }

  private OptionalLong epoch() {
    return bus.state().leadership() instanceof Leadership.Leading held
        ? OptionalLong.of(held.epoch())
        : OptionalLong.empty();
  }

  private Notifier pages(NotifyFile file) {
    return new Notifier(
        file.settings(), file.tokens(), clock, () -> epoch().isPresent(), notifying);
  }

  private CommandFlow commandFlow(CommandFlow.Results results) {
    return new CommandFlow(
        bus::request,
        used -> epoch().equals(OptionalLong.of(used)),
        results,
        dispatching,
        dispatchCounts,
        random);
  }

  private CommandFlow.Results toEngine() {
    return new CommandFlow.Results() {
      @Override
      public void outcome(Outcome outcome) {
        internal.put(intake.first(outcome));
      }

      @Override
      public void lost(HostId host, MessageId command, String why) {
        internal.put(intake.lost(host, command, why));
      }
    };
  }

  /** A snapshot comes as a message of its own; what its command led to says nothing more. */
  private static CommandFlow.Results ignored() {
    return new CommandFlow.Results() {
      @Override
      public void outcome(Outcome outcome) {}

      @Override
      public void lost(HostId host, MessageId command, String why) {}
    };
  }
}
