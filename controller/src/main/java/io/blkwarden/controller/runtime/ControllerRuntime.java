package io.blkwarden.controller.runtime;

import io.blkwarden.controller.board.Board;
import io.blkwarden.controller.board.Decided;
import io.blkwarden.controller.bus.BusCounters;
import io.blkwarden.controller.bus.BusState;
import io.blkwarden.controller.bus.Claim;
import io.blkwarden.controller.bus.NatsFleetBus;
import io.blkwarden.controller.bus.RecordDesk;
import io.blkwarden.controller.config.ControllerSettings;
import io.blkwarden.controller.config.NotifyFile;
import io.blkwarden.controller.config.PolicyWatch;
import io.blkwarden.controller.dispatch.CommandCall;
import io.blkwarden.controller.dispatch.CommandDesk;
import io.blkwarden.controller.dispatch.DispatchCounters;
import io.blkwarden.controller.dispatch.EffectDispatch;
import io.blkwarden.controller.dispatch.LocalAsks;
import io.blkwarden.controller.dispatch.OperatorMailbox;
import io.blkwarden.controller.http.Approvals;
import io.blkwarden.controller.http.FleetView;
import io.blkwarden.controller.http.HttpPlace;
import io.blkwarden.controller.http.Metric;
import io.blkwarden.controller.http.MetricSource;
import io.blkwarden.controller.http.Pulse;
import io.blkwarden.controller.http.Readiness;
import io.blkwarden.controller.http.Shown;
import io.blkwarden.controller.http.StatusServer;
import io.blkwarden.controller.ingest.FleetIntake;
import io.blkwarden.controller.ingest.IntakeCounters;
import io.blkwarden.controller.ingest.Lanes;
import io.blkwarden.controller.ingest.OutcomeIntake;
import io.blkwarden.controller.ingest.StepLoop;
import io.blkwarden.controller.notify.Notifier;
import io.blkwarden.controller.paging.Secret;
import io.blkwarden.controller.step.ControlStep;
import io.blkwarden.controller.step.Effect;
import io.blkwarden.controller.step.Input;
import io.blkwarden.controller.step.Moment;
import io.blkwarden.controller.step.StepSettings;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.Outcome;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;

/**
 * A running controller, for {@code Main}, tests and other programs.
 *
 * <p>Starts without NATS, and does its work as soon as NATS is there.
 */
public final class ControllerRuntime implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ControllerRuntime.class);

  /** A brain that ticks each second and has not turned for so long hangs. */
  private static final long STILL_MILLIS = 15_000;

  private final ControllerSettings settings;
  private final Clock clock = Clock.systemUTC();
  private final SecureRandom random = new SecureRandom();
  private final BusCounters busCounts = new BusCounters();
  private final IntakeCounters intakeCounts = new IntakeCounters();
  private final DispatchCounters dispatchCounts = new DispatchCounters();
  private final FleetView view = new FleetView();
  private final Lanes lanes = new Lanes();
  private final Scheduler dispatchThread = DispatchThread.start("blkwarden-dispatch");
  private final Scheduler notifyThread = DispatchThread.start("blkwarden-notify");
  private final Scheduler metricsThread = DispatchThread.start("blkwarden-metrics");
  private final Scheduler pagesThread = DispatchThread.start("blkwarden-pages");
  private final Board board = new Board();
  private final Decided decided = new Decided();
  private final NatsFleetBus bus;
  private final Notifier notifier;
  private final RecordDesk records;
  private final StoryDesk stories;
  private final OutcomeIntake outcomes;
  private final CommandDesk commands;
  private final CommandDesk snapshots;
  private final StepLoop loop;
  private final Thread brain;
  private final CompletableFuture<Throwable> broken = new CompletableFuture<>();
  private final @Nullable PolicyWatch policies;
  private final @Nullable Thread policyThread;
  private final @Nullable StatusServer http;
  private boolean closed;

  private ControllerRuntime(ControllerSettings settings, StepSettings stepSettings) {
    this.settings = settings;
    String instance = settings.bus().instance();
    String run = UUID.randomUUID().toString();
    bus = new NatsFleetBus(settings.bus(), run, busCounts, clock, random, this::hasPolicies);
    records = new RecordDesk(settings.bus(), busCounts, clock, random);
    stories = new StoryDesk(records, clock);
    outcomes = new OutcomeIntake(lanes, intakeCounts);
    CommandCall call = calls(bus::request);
    commands = new CommandDesk(call, toBrain(), dispatchThread, dispatchCounts);
    snapshots = new CommandDesk(call, ignored(), dispatchThread, dispatchCounts);
    LocalAsks local = new LocalAsks(bus::reply);
    OperatorMailbox operators = new OperatorMailbox(local, clock, dispatchCounts);
    notifier = pages(settings.pages());
    FleetIntake intake =
        new FleetIntake(
            settings.bus().subjects(), lanes, intakeCounts, clock, outcomes, desk(operators));
    StoredState stored = new StoredState(bus, lanes, operators);
    EffectDispatch dispatch =
        new EffectDispatch(
            commands,
            snapshots,
            this::tell,
            bus::publish,
            bus::fetchMapping,
            bus::keep,
            forget -> stored.forget(forget, intake),
            stored::store,
            operators,
            this::epoch,
            instance,
            clock,
            random,
            dispatchCounts);
    ControlStep step = new ControlStep(stepSettings, random, instance);
    loop =
        new StepLoop(
            lanes,
            (input, now) -> watched(step, input, now),
            dispatch,
            intakeCounts,
            settings.bus().subjects(),
            clock,
            () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()));
    brain = daemon(loop, "blkwarden-brain");
    brain.setUncaughtExceptionHandler((_, fault) -> {
      broken.complete(fault); // first: without memory nothing can be written either
      log.error("engine failed, exiting: {}", fault.toString(), fault);
    });
    policies =
        settings.policies() == null
            ? null
            : new PolicyWatch(
                settings.policies(),
                settings.labels(),
                load ->
                    lanes.put(
                        new Input.PoliciesLoaded(load.policies(), load.problems().isEmpty())));
    policyThread = policies == null ? null : daemon(policies, "blkwarden-policies");
    http = settings.http() == null ? null : serve(settings.http(), step, approvals(local, intake));
    brain.start();
    if (policyThread != null) {
      policyThread.start();
    }
    bus.start(intake);
    records.start();
  }

  /**
   * Starts a controller; returns before NATS is reached.
   *
   * @throws RuntimeException if it cannot serve HTTP where it should
   */
  public static ControllerRuntime start(ControllerSettings settings) {
    return start(settings, StepSettings.DEFAULT);
  }

  /** Starts a controller whose step has other times and bounds. */
  public static ControllerRuntime start(ControllerSettings settings, StepSettings stepSettings) {
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
    long still = loop.stillMillis();
    if (still > STILL_MILLIS) {
      hindrances.add("the brain has not turned for %d s".formatted(still / 1_000));
    }
    BusState state = bus.state();
    if (!state.problem().isEmpty()) {
      hindrances.add(state.problem());
    }
    switch (state.claim()) {
      case Claim.Held _ -> {}
      case Claim.Unknown _ -> hindrances.add("no claim to command the fleet yet");
      case Claim.Lost lost ->
          hindrances.add("controller %s commands the fleet".formatted(lost.holder()));
    }
    view.said()
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
    return new Readiness(brain.isAlive(), hindrances, remarks);
  }

  /**
   * Calls back for as long as the controller lives: each time that the brain has answered a
   * question, which it does between its turns. A controller that hangs falls silent.
   *
   * @param every time between two calls
   * @param alive gets whether it does its work; on the brain's thread, so it must not wait
   */
  public void whileAlive(Duration every, Consumer<Readiness> alive) {
    Disposable _ =
        dispatchThread.schedulePeriodically(
            () -> {
              CompletableFuture<Void> _ = loop.ask(this::readiness).thenAccept(alive);
            },
            0,
            every.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  /** Whether it knows by NATS if it is the one that commands the fleet. */
  public boolean claimKnown() {
    return !(bus.state().claim() instanceof Claim.Unknown);
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
      bus.stopIntake();
      boolean answered = commands.drain(atMost);
      if (!answered) {
        commands.abandon("the controller stops");
        commands.drain(Duration.ofSeconds(1));
      }
      loop.stop();
      brain.join(Duration.ofSeconds(2));
      Instant end = clock.instant().plus(atMost);
      boolean told = bus.flushAlerts(atMost);
      boolean stored = bus.flushDecisions(until(end)) && told;
      complete = notifier.flush(until(end)) == 0 && answered && stored;
      if (complete) {
        log.info("stopped in good order");
      } else {
        log.warn(
            "stopped with commands unanswered: {}, alerts not stored: {}, decisions: {}; pages"
                + " that were not delivered are told above",
            !answered,
            bus.waitingAlerts(),
            bus.waitingDecisions());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      close();
    }
    return complete;
  }

  private Duration until(Instant end) {
    Duration left = Duration.between(clock.instant(), end);
    return left.isNegative() ? Duration.ZERO : left;
  }

  /** Closes at once. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    Thread watching = policyThread;
    if (watching != null) {
      watching.interrupt();
    }
    loop.stop();
    bus.close();
    stories.close();
    records.close();
    dispatchThread.dispose();
    notifyThread.dispose();
    metricsThread.dispose();
    pagesThread.dispose();
    StatusServer server = http;
    if (server != null) {
      server.close();
    }
  }

  /**
   * Completes with the fault when this controller can decide nothing any more, such as for want of
   * memory: the process is to end then, so that a supervisor starts another.
   */
  public CompletableFuture<Throwable> broken() {
    return broken.copy();
  }

  private List<Effect> watched(ControlStep step, Input input, Moment now) {
    if (input instanceof Input.ClaimLost) {
      commands.abandon("the claim is lost");
      if (bus.state().claim() instanceof Claim.Lost) {
        notifier.handOver();
      }
    }
    view.see(input);
    List<Effect> effects = step.step(input, now);
    for (Effect effect : effects) {
      view.see(effect);
      if (effect instanceof Effect.Note note) {
        decided.see(note.decision());
      }
    }
    return effects;
  }

  private void tell(Alert alert) {
    bus.publish(alert);
    notifier.take(alert);
  }

  private MetricSource metrics(ControlStep step) {
    List<Metric> all = new ArrayList<>();
    all.addAll(SelfMetrics.all(clock, this::readiness));
    all.addAll(new Metrics(bus, busCounts, intakeCounts, dispatchCounts, commands, policies).all());
    all.addAll(new PeopleMetrics(notifier, view, clock).all());
    FleetMetrics fleet =
        new FleetMetrics(
            () -> loop.ask(() -> step.reading(settings.metricsDisks())),
            view,
            metricsThread::schedule);
    all.addAll(fleet.all());
    return new MetricSource(all, fleet);
  }

  private StatusServer serve(HttpPlace place, ControlStep step, Approvals approvals) {
    Pulse pulse = new Pulse();
    Shown shown =
        new Shown(
            view,
            board,
            decided,
            hosts -> loop.ask(() -> step.look(false, hosts)),
            pulse,
            pagesThread);
    StatusServer server =
        StatusServer.start(place, this::readiness, shown, metrics(step), approvals, stories);
    new BoardKeeper(board, pulse, (all, near) -> loop.ask(() -> step.look(all, near)), pagesThread)
        .start();
    return server;
  }

  private Approvals approvals(LocalAsks local, FleetIntake intake) {
    Secret token = settings.httpToken();
    return new Approvals(
        token == null ? null : token::matches,
        request -> local.ask(place -> intake.ask(request, null, place)),
        clock);
  }

  private OptionalLong epoch() {
    return bus.state().claim() instanceof Claim.Held held
        ? OptionalLong.of(held.epoch())
        : OptionalLong.empty();
  }

  private Notifier pages(NotifyFile file) {
    return new Notifier(
        file.settings(), file.tokens(), clock, () -> epoch().isPresent(), notifyThread);
  }

  private CommandCall calls(CommandCall.Sender sender) {
    return new CommandCall(
        sender,
        used -> epoch().equals(OptionalLong.of(used)),
        dispatchThread,
        dispatchCounts,
        random);
  }

  private CommandDesk.Feedback toBrain() {
    return new CommandDesk.Feedback() {
      @Override
      public void outcome(Outcome outcome) {
        outcomes.outcome(outcome);
      }

      @Override
      public void lost(HostId host, MessageId command, String why) {
        outcomes.lost(host, command, why);
      }
    };
  }

  /** A snapshot comes as a message of its own; what its command led to says nothing more. */
  private static CommandDesk.Feedback ignored() {
    return new CommandDesk.Feedback() {
      @Override
      public void outcome(Outcome outcome) {}

      @Override
      public void lost(HostId host, MessageId command, String why) {}
    };
  }

  private FleetIntake.Desk desk(OperatorMailbox operators) {
    return new FleetIntake.Desk() {
      @Override
      public Optional<Long> open(String replyTo) {
        return operators.open(replyTo);
      }

      @Override
      public void refuse(String replyTo, String why) {
        operators.refuse(replyTo, why);
      }

      @Override
      public void settled(Outcome outcome) {
        commands.settled(outcome);
      }

      @Override
      public void epoch(long epoch) {
        bus.noticeEpoch(epoch);
      }
    };
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }
}
