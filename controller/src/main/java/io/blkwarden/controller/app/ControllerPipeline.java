package io.blkwarden.controller.app;

import io.blkwarden.controller.bus.FleetBus;
import io.blkwarden.controller.bus.SharedState;
import io.blkwarden.controller.dispatch.CommandFlow;
import io.blkwarden.controller.dispatch.EffectLog;
import io.blkwarden.controller.dispatch.MessageFactory;
import io.blkwarden.controller.dispatch.OperatorMailbox;
import io.blkwarden.controller.engine.Effect;
import io.blkwarden.controller.engine.Input;
import io.blkwarden.controller.ingest.Backlog;
import io.blkwarden.controller.ingest.EngineInput;
import io.blkwarden.controller.ingest.EngineRunner;
import io.blkwarden.controller.ingest.FleetIntake;
import io.blkwarden.controller.ingest.IntakeCounters;
import io.blkwarden.controller.ingest.LatestBatches;
import io.blkwarden.controller.leader.Leadership;
import io.blkwarden.controller.nats.BusMessage;
import io.blkwarden.controller.notify.Notifier;
import io.blkwarden.model.HostId;
import io.blkwarden.model.message.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.publisher.BufferOverflowStrategy;
import reactor.core.publisher.ConnectableFlux;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;

/**
 * The controller's data flow, from NATS to NATS: what comes in, the engine, and what becomes of its
 * effects.
 *
 * <p>The inputs are merged and taken one at a time. A thread that brings one while the engine is
 * idle is the engine until nothing waits, for to wake another costs more than most inputs do. So
 * samples are taken where they come, and all else is brought by threads of this flow, lest one of
 * the NATS client or of HTTP is kept.
 */
final class ControllerPipeline {
  /** Most maps and heartbeats that are brought at once. */
  static final int REPORTS_AT_ONCE = 64;

  /** How long one of these waits for others at most. */
  static final Duration REPORTS_WITHIN = Duration.ofMillis(20);

  /** Inputs of a source that may go before those of another. */
  private static final int AHEAD = 8;

  private static final Duration TICK = Duration.ofSeconds(1);
  private static final int QUESTIONS_MAX = 16;
  private static final int MAPS_WANTED_MAX = 1_024;
  private static final int MAPS_AT_ONCE = 8;
  private static final Duration LOOK = Duration.ofMillis(20);
  private static final Duration ABANDONED = Duration.ofSeconds(1);
  private static final Logger log = LoggerFactory.getLogger(ControllerPipeline.class);

  /**
   * What the flow is made of.
   *
   * @param bus the fleet's messages
   * @param backlog bounds what waits for the engine
   * @param intake reads messages
   * @param batches conflates samples
   * @param engine decides
   * @param commands sees commands through
   * @param snapshots the same for requests for maps
   * @param messages makes those, and messages of decisions
   * @param stored changes what NATS stores
   * @param mailbox answers operators
   * @param notifier pages
   * @param log writes effects down
   * @param seen sees each effect
   * @param counters of what came in
   */
  record Parts(
      FleetBus bus,
      Backlog backlog,
      FleetIntake intake,
      LatestBatches batches,
      EngineRunner engine,
      CommandFlow commands,
      CommandFlow snapshots,
      MessageFactory messages,
      StateStore stored,
      OperatorMailbox mailbox,
      Notifier notifier,
      EffectLog log,
      Consumer<Effect> seen,
      IntakeCounters counters) {}

  private final Parts parts;
  private final FleetBus bus;
  private final InputSink<EngineInput> internal;
  private final Scheduler control;
  private final Scheduler reporting;
  private final InputSink<HostId> mapsWanted = new InputSink<>();
  private final AtomicInteger questions = new AtomicInteger();
  private final Sinks.Empty<Void> intakeOver = Sinks.empty();
  private final Sinks.Empty<Void> inputsOver = Sinks.empty();
  private final Sinks.Empty<Void> carriedOut = Sinks.empty();

  /**
   * A flow that has not started.
   *
   * @param internal what the controller itself has for the engine
   * @param control brings all inputs but samples, maps and heartbeats
   * @param reporting brings maps and heartbeats
   */
  ControllerPipeline(
      Parts parts, InputSink<EngineInput> internal, Scheduler control, Scheduler reporting) {
    this.parts = parts;
    this.bus = parts.bus();
    this.internal = internal;
    this.control = control;
    this.reporting = reporting;
  }

  /**
   * Starts.
   *
   * @param broken hears why, if it ever ends by itself
   */
  Disposable start(Consumer<Throwable> broken) {
    ConnectableFlux<Effect> effects = inputs().concatMapIterable(parts.engine()::process).publish();
    Disposable branches = carryOut(effects).subscribe(_ -> {}, broken, carriedOut::tryEmitEmpty);
    Disposable source = effects.connect();
    return () -> {
      branches.dispose(); // first, or it would be an end that nobody expects
      source.dispose();
    };
  }

  private Flux<EngineInput> inputs() {
    return Flux.merge(
        AHEAD,
        untilIntakeIsOver(shared()),
        untilIntakeIsOver(ticks()),
        untilIntakeIsOver(requests()),
        outcomes().takeUntilOther(inputsOver.asMono()),
        internal.flow().takeUntilOther(inputsOver.asMono()).publishOn(control, Integer.MAX_VALUE),
        untilIntakeIsOver(reports()),
        untilIntakeIsOver(maps()),
        parts.batches().signals(untilIntakeIsOver(bus.samples())));
  }

  /** Each effect goes to all branches; one that waits has a bounded buffer of its own. */
  private Mono<Void> carryOut(Flux<Effect> effects) {
    return Mono.when(
        parts
            .commands()
            .sendInOrder(of(effects, Effect.SendCommand.class, Effect.SendCommand::command)),
        bus.publishAlerts(of(effects, Effect.PublishAlert.class, Effect.PublishAlert::alert)),
        bus.publishDecisions(
            of(
                effects,
                Effect.RecordDecision.class,
                note -> parts.messages().decision(note.decision()))),
        parts
            .snapshots()
            .sendInAnyOrder(effects.mapNotNull(guarded(parts.messages()::snapshotRequest))),
        of(effects, Effect.RequestMap.class, Effect.RequestMap::host)
            .filter(_ -> !(bus.status().leadership() instanceof Leadership.Leading))
            .doOnNext(mapsWanted::put)
            .then(),
        effects
            .ofType(Effect.StoreInput.class)
            .flatMap(parts.stored()::store, Integer.MAX_VALUE)
            .then(),
        effects
            .ofType(Effect.RemoveHost.class)
            .flatMap(parts.stored()::forget, Integer.MAX_VALUE)
            .then(),
        effects
            .ofType(Effect.StoreBaseline.class)
            .flatMap(keep -> bus.storeBaseline(keep.baseline()), Integer.MAX_VALUE)
            .then(),
        effects
            .ofType(Effect.Answer.class)
            .doOnNext(answer -> parts.mailbox().answer(answer.correlation(), answer.reply()))
            .then(),
        of(effects, Effect.PublishAlert.class, Effect.PublishAlert::alert)
            .doOnNext(parts.notifier()::send)
            .onErrorContinue(ControllerPipeline::failed)
            .then(),
        effects
            .doOnNext(parts.seen())
            .doOnNext(parts.log()::accept)
            .onErrorContinue(ControllerPipeline::failed)
            .then());
  }

  /** Effects of a kind; one that nothing can be made of is logged, and the others go on. */
  private static <E extends Effect, T> Flux<T> of(
      Flux<Effect> effects, Class<E> kind, Function<E, T> to) {
    return effects.ofType(kind).map(to).onErrorContinue(ControllerPipeline::failed);
  }

  private static void failed(Throwable fault, Object effect) {
    log.error("{} could not be carried out: {}", effect, fault.toString(), fault);
  }

  /** Reads something; a fault of this program in it is logged, and the flow goes on. */
  private static <M, T> Function<M, @Nullable T> guarded(Function<M, @Nullable T> read) {
    return message -> {
      try {
        return read.apply(message);
      } catch (RuntimeException e) {
        log.error("a message could not be read: {}", e.toString(), e);
        return null;
      }
    };
  }

  private <T> Flux<T> untilIntakeIsOver(Flux<T> source) {
    return source.takeUntilOther(intakeOver.asMono());
  }

  /** The claim, what operators said, and what other controllers learned. */
  private Flux<EngineInput> shared() {
    return bus.sharedState()
        .publishOn(control)
        .doOnNext(this::leadership)
        .map(state ->
            new EngineInput.Single(
                switch (state) {
                  case SharedState.OperatorInputs inputs ->
                      new Input.OperatorStateChanged(inputs.operatorState());
                  case SharedState.Baseline baseline ->
                      new Input.BaselineLoaded(baseline.baseline());
                  case SharedState.OpenAlerts alerts -> new Input.AlertsRestored(alerts.open());
                  case SharedState.LeadershipChanged(Leadership.Leading held) ->
                      new Input.LeadershipGained(held.epoch());
                  case SharedState.LeadershipChanged _ -> new Input.LeadershipLost();
                }));
  }

  /** Whoever does not lead answers nobody, and leaves commands and pages to the leader. */
  private void leadership(SharedState state) {
    if (!(state instanceof SharedState.LeadershipChanged(Leadership leadership))) {
      return;
    }
    parts.intake().leading(leadership instanceof Leadership.Leading);
    if (!(leadership instanceof Leadership.Leading)) {
      parts.commands().abandon("the claim is lost");
    }
    if (leadership instanceof Leadership.Following) {
      parts.notifier().handOver();
    }
  }

  private Flux<EngineInput> requests() {
    return bus.operatorRequests()
        .<EngineInput>mapNotNull(guarded(parts.intake()::readRequest))
        .onBackpressureBuffer() // no more than the mailbox keeps
        .publishOn(control);
  }

  /** Outcomes on their subject; those that come as answers are put inside. */
  private Flux<EngineInput> outcomes() {
    return bus.outcomes()
        .<EngineInput>mapNotNull(guarded(this::outcome))
        .onBackpressureBuffer() // no more than the backlog admits
        .publishOn(control);
  }

  private @Nullable EngineInput outcome(BusMessage message) {
    Outcome outcome = parts.intake().readOutcome(message);
    if (outcome == null) {
      return null;
    }
    parts.commands().resolve(outcome);
    return parts.intake().admitOutcome(outcome);
  }

  /** Changes of maps and heartbeats, some at once: to wake a thread for each costs more than it. */
  private Flux<EngineInput> reports() {
    return bus.reports()
        .<EngineInput>mapNotNull(guarded(this::report))
        .onBackpressureBuffer() // no more than the backlog admits
        .bufferTimeout(REPORTS_AT_ONCE, REPORTS_WITHIN, reporting, true)
        .publishOn(reporting)
        .concatMapIterable(reports -> reports);
  }

  private @Nullable EngineInput report(BusMessage message) {
    EngineInput.Single report = parts.intake().readReport(message);
    if (report != null && report.input() instanceof Input.HeartbeatReceived beat) {
      bus.observeEpoch(beat.beat().epoch());
    }
    return report;
  }

  /** Stored maps: all of them at a start, and single ones that the engine wants; one at a time. */
  private Flux<EngineInput> maps() {
    return Flux.merge(
            1,
            bus.storedMappings(),
            mapsWanted
                .flow()
                .onBackpressureBuffer(MAPS_WANTED_MAX, _ -> {}, BufferOverflowStrategy.DROP_LATEST)
                .flatMap(host -> bus.storedMapping(host).onErrorComplete(), MAPS_AT_ONCE, 1))
        .publishOn(reporting, 1)
        .mapNotNull(guarded(parts.intake()::readStoredMapping));
  }

  /** Time, and the hosts of which something was refused. */
  private Flux<EngineInput> ticks() {
    return Flux.interval(Duration.ZERO, TICK, control)
        .onBackpressureDrop()
        .concatMapIterable(_ -> {
          List<EngineInput> all = new ArrayList<>(List.of(new EngineInput.Single(new Input.Tick())));
          for (HostId host : parts.backlog().takeHostsToResync()) {
            parts.counters().resyncs.increment();
            all.add(new EngineInput.Single(new Input.ReportsDropped(host)));
          }
          return all;
        });
  }

  /**
   * Lets a question be answered between two inputs, when alone what is known may be looked at; it
   * must change nothing. At most {@link #QUESTIONS_MAX} wait; a further one fails with {@link
   * RejectedExecutionException}. Once the flow is over nothing is answered.
   *
   * @return the answer, on the thread that is the engine then
   */
  <T> Mono<T> ask(Supplier<T> question) {
    return Mono.create(answer -> {
      if (questions.incrementAndGet() > QUESTIONS_MAX) {
        questions.decrementAndGet();
        answer.error(new RejectedExecutionException("too many questions wait"));
        return;
      }
      internal.put(
          new EngineInput.Query(() -> {
            questions.decrementAndGet();
            try {
              answer.success(question.get());
            } catch (RuntimeException e) {
              answer.error(e);
            }
          }));
    });
  }

  /**
   * Ends in good order: takes nothing in any more, lets commands that are under way be answered,
   * and stores the alerts and decisions.
   *
   * @param atMost how long the answers may take, and the rest then
   * @return whether all commands were answered and everything is stored
   */
  Mono<Boolean> drain(Duration atMost) {
    Mono<Boolean> answered = idle(atMost);
    Mono<Boolean> abandoned =
        Mono.defer(() -> {
          parts.commands().abandon("the controller stops");
          return idle(ABANDONED).thenReturn(false);
        });
    return Mono.fromRunnable(intakeOver::tryEmitEmpty)
        .then(answered)
        .flatMap(all -> all ? Mono.just(true) : abandoned)
        .doOnNext(_ -> inputsOver.tryEmitEmpty())
        .flatMap(
            all -> carriedOut.asMono().thenReturn(all).timeout(atMost, Mono.just(false), control));
  }

  /** Whether no command is under way before the time is over. */
  private Mono<Boolean> idle(Duration atMost) {
    return Flux.interval(Duration.ZERO, LOOK, control)
        .filter(_ -> parts.commands().size() == 0)
        .next()
        .map(_ -> true)
        .timeout(atMost, Mono.just(false), control);
  }
}
