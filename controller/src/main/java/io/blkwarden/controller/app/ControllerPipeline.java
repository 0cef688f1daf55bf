package io.blkwarden.controller.app;

import io.blkwarden.controller.bus.FleetBus;
import io.blkwarden.controller.dispatch.CommandFlow;
import io.blkwarden.controller.dispatch.MessageFactory;
import io.blkwarden.controller.dispatch.OperatorMailbox;
import io.blkwarden.controller.engine.Effect;
import io.blkwarden.controller.engine.Input;
import io.blkwarden.controller.ingest.EngineInput;
import io.blkwarden.controller.ingest.EngineRunner;
import io.blkwarden.controller.ingest.FleetIntake;
import io.blkwarden.controller.ingest.LatestBatches;
import io.blkwarden.controller.leader.Leadership;
import io.blkwarden.controller.nats.BusMessage;
import io.blkwarden.controller.nats.NatsException;
import io.blkwarden.controller.notify.Notifier;
import io.blkwarden.model.HostId;
import io.blkwarden.model.message.OperatorRequest;
import io.blkwarden.model.message.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
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
 * The controller's data flow: inputs from NATS, the engine, and the effects.
 *
 * <p>The inputs are merged and processed one at a time. The thread that brings an input to the idle
 * engine runs it until no input waits, because a thread switch costs more than most inputs do. So
 * samples are processed on jnats threads; all other inputs are brought by threads of this flow, so
 * that jnats and HTTP threads are not delayed.
 */
final class ControllerPipeline {
  /** Most mapping events and heartbeats in a batch. */
  static final int REPORTS_AT_ONCE = 64;

  /** Longest time that a batch waits to be filled. */
  static final Duration REPORTS_WITHIN = Duration.ofMillis(20);

  /** Inputs that the merge requests ahead of each source. */
  private static final int PREFETCH = 8;

  private static final Duration TICK = Duration.ofSeconds(1);
  private static final int QUERIES_MAX = 16;
  private static final int BASELINES_MAX = 4_096;
  private static final int MAPPING_REQUESTS_MAX = 1_024;
  private static final int MAPPINGS_AT_ONCE = 8;
  private static final Duration IDLE_CHECK = Duration.ofMillis(20);
  private static final Duration ABANDON_TIMEOUT = Duration.ofSeconds(1);
  private static final Logger log = LoggerFactory.getLogger(ControllerPipeline.class);

  /**
   * The parts of the pipeline.
   *
   * @param intake decodes and admits messages
   * @param batches conflates samples
   * @param commands sends commands to agents, except snapshot requests
   * @param snapshots sends requests to agents
   * @param messages creates snapshot requests and decision messages
   * @param mailbox replies to operators
   * @param notifier notifies receivers of alerts
   * @param reports the query that answers an operator who asks for the state of the fleet
   * @param observer receives all effects, for logs, counters and views
   * @param internal inputs from this controller itself
   * @param control brings all inputs but samples, mappings and heartbeats
   * @param reporting brings mappings and heartbeats
   */
  record Parts(
      FleetBus bus,
      FleetIntake intake,
      LatestBatches batches,
      EngineRunner engine,
      CommandFlow commands,
      CommandFlow snapshots,
      MessageFactory messages,
      OperatorMailbox mailbox,
      Notifier notifier,
      BiFunction<Long, OperatorRequest.Fleet, EngineInput.Query> reports,
      Consumer<Effect> observer,
      InputSink<EngineInput> internal,
      Scheduler control,
      Scheduler reporting) {}

  private final Parts parts;
  private final FleetBus bus;
  private final Scheduler control;
  private final InputSink<HostId> mappingRequests = new InputSink<>();
  private final AtomicInteger queries = new AtomicInteger();
  private final Sinks.Empty<Void> intakeStopped = Sinks.empty();
  private final Sinks.Empty<Void> inputsStopped = Sinks.empty();
  private final Sinks.Empty<Void> effectsCompleted = Sinks.empty();

  /** Creates a pipeline that is not started. */
  ControllerPipeline(Parts parts) {
    this.parts = parts;
    this.bus = parts.bus();
    this.control = parts.control();
  }

  /**
   * Starts the pipeline.
   *
   * @param broken receives the error if the pipeline ends by itself
   */
  Disposable start(Consumer<Throwable> broken) {
    ConnectableFlux<Effect> effects = inputs().concatMapIterable(parts.engine()::process).publish();
    Disposable branches =
        carryOut(effects).subscribe(_ -> {}, broken, effectsCompleted::tryEmitEmpty);
    Disposable source = effects.connect();
    return () -> {
      branches.dispose(); // first, or their end would be reported as unexpected
      source.dispose();
    };
  }

  private Flux<EngineInput> inputs() {
    return Flux.merge(
        PREFETCH,
        untilIntakeStops(sharedState()),
        untilIntakeStops(ticks()),
        untilIntakeStops(requests()),
        outcomes().takeUntilOther(inputsStopped.asMono()),
        parts
            .internal()
            .flow()
            .takeUntilOther(inputsStopped.asMono())
            .publishOn(control, Integer.MAX_VALUE),
        untilIntakeStops(reports()),
        untilIntakeStops(mappings()),
        parts.batches().signals(untilIntakeStops(bus.samples())));
  }

  /** Each effect goes to all branches; a branch that queues has a bounded queue of its own. */
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
            .doOnNext(mappingRequests::put)
            .then(),
        effects.ofType(Effect.StoreInput.class).flatMap(this::store, Integer.MAX_VALUE).then(),
        effects.ofType(Effect.RemoveHost.class).flatMap(this::removeHost, Integer.MAX_VALUE).then(),
        effects
            .ofType(Effect.StoreBaseline.class)
            .onBackpressureBuffer(BASELINES_MAX, BufferOverflowStrategy.DROP_OLDEST)
            .concatMap(each -> bus.storeBaseline(each.baseline()), 0)
            .then(),
        effects
            .ofType(Effect.Answer.class)
            .doOnNext(answer -> parts.mailbox().answer(answer.correlation(), answer.reply()))
            .then(),
        of(effects, Effect.PublishAlert.class, Effect.PublishAlert::alert)
            .doOnNext(guardedAction(parts.notifier()::send))
            .then(),
        effects.doOnNext(guardedAction(parts.observer())).then());
  }

  /** Deletes a host's stored mapping; the engine or the operator gets the result. */
  private Mono<Void> removeHost(Effect.RemoveHost effect) {
    return confirmed(
        bus.deleteMapping(effect.host()).doOnSuccess(_ -> parts.batches().remove(effect.host())),
        new Input.HostRemoved(effect),
        effect.asked(),
        "the stored mapping of %s was not deleted, try again".formatted(effect.host()));
  }

  /** Stores operators' input; the engine or the operator gets the result. */
  private Mono<Void> store(Effect.StoreInput effect) {
    return confirmed(
        bus.storeOperatorInput(effect.input(), effect.set(), effect.expired()),
        new Input.InputStored(effect),
        effect.asked(),
        "NATS did not confirm the change, which may or may not be in effect; check /readyz of the"
            + " controller and try again");
  }

  /** Reports a write to the engine, or its failure to the operator. */
  private Mono<Void> confirmed(
      Mono<Void> write, Input done, Input.RequestReceived request, String failure) {
    return write
        .doOnSuccess(_ -> parts.internal().put(new EngineInput.Single(done)))
        .onErrorResume(e -> {
          String why = e instanceof NatsException ? String.valueOf(e.getMessage()) : e.toString();
          parts.mailbox().fail(request.correlation(), failure + ": " + why);
          return Mono.empty();
        });
  }

  /** Effects of a type, mapped; an effect for which that fails is logged and skipped. */
  private static <E extends Effect, T> Flux<T> of(
      Flux<Effect> effects, Class<E> kind, Function<E, @Nullable T> to) {
    return effects.ofType(kind).mapNotNull(guarded(to));
  }

  /** A function whose unexpected exceptions are logged, so that the flow continues. */
  private static <M, T> Function<M, @Nullable T> guarded(Function<M, @Nullable T> function) {
    return input -> {
      try {
        return function.apply(input);
      } catch (RuntimeException e) {
        notProcessed(input, e);
        return null;
      }
    };
  }

  private static <M> Consumer<M> guardedAction(Consumer<? super M> action) {
    return input -> {
      try {
        action.accept(input);
      } catch (RuntimeException e) {
        notProcessed(input, e);
      }
    };
  }

  private static void notProcessed(Object input, RuntimeException e) {
    log.error("{} not processed: {}", input.getClass().getSimpleName(), e.toString(), e);
  }

  private <T> Flux<T> untilIntakeStops(Flux<T> source) {
    return source.takeUntilOther(intakeStopped.asMono());
  }

  /** Leadership, operators' input, open alerts and baselines. */
  private Flux<EngineInput> sharedState() {
    return bus.sharedState()
        .publishOn(control)
        .doOnNext(this::onLeadership)
        .map(state ->
            new EngineInput.Single(
                switch (state) {
                  case FleetBus.SharedState.OperatorInputs inputs ->
                      new Input.OperatorStateChanged(inputs.operatorState());
                  case FleetBus.SharedState.Baseline baseline ->
                      new Input.BaselineLoaded(baseline.baseline());
                  case FleetBus.SharedState.OpenAlerts alerts ->
                      new Input.AlertsRestored(alerts.open(), alerts.complete());
                  case FleetBus.SharedState.LeadershipChanged(Leadership.Leading(long epoch)) ->
                      new Input.LeadershipGained(epoch);
                  case FleetBus.SharedState.LeadershipChanged _ -> new Input.LeadershipLost();
                }));
  }

  /** Only the leader answers operators, sends commands and notifies. */
  private void onLeadership(FleetBus.SharedState state) {
    if (!(state instanceof FleetBus.SharedState.LeadershipChanged(Leadership leadership))) {
      return;
    }
    parts.intake().leading(leadership instanceof Leadership.Leading);
    if (!(leadership instanceof Leadership.Leading)) {
      parts.commands().abandon("leadership lost");
    }
    if (leadership instanceof Leadership.Following) {
      parts.notifier().handOver();
    }
  }

  private Flux<EngineInput> requests() {
    return bus.operatorRequests()
        .<EngineInput>mapNotNull(guarded(parts.intake()::readRequest))
        .map(this::readOnly)
        .onBackpressureBuffer() // bounded by the mailbox
        .publishOn(control);
  }

  /** A request that changes nothing is a query, not an input of the engine. */
  private EngineInput readOnly(EngineInput request) {
    return request instanceof EngineInput.Single(Input.RequestReceived received, HostId _, int _)
            && received.request().ask() instanceof OperatorRequest.Fleet ask
        ? parts.reports().apply(received.correlation(), ask)
        : request;
  }

  /** Outcomes on their subject; replies to commands arrive as internal inputs. */
  private Flux<EngineInput> outcomes() {
    return bus.outcomes()
        .<EngineInput>mapNotNull(guarded(this::outcome))
        .onBackpressureBuffer() // bounded by the backlog
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

  /** Mapping events and heartbeats, in batches, because a thread switch costs more than each. */
  private Flux<EngineInput> reports() {
    return bus.reports()
        .<EngineInput>mapNotNull(guarded(this::report))
        .onBackpressureBuffer() // bounded by the backlog
        .bufferTimeout(REPORTS_AT_ONCE, REPORTS_WITHIN, parts.reporting(), true)
        .publishOn(parts.reporting())
        .concatMapIterable(reports -> reports);
  }

  private @Nullable EngineInput report(BusMessage message) {
    EngineInput.Single report = parts.intake().readReport(message);
    if (report != null && report.input() instanceof Input.HeartbeatReceived heartbeat) {
      bus.observeEpoch(heartbeat.beat().epoch());
    }
    return report;
  }

  /** Stored mappings, one at a time: all after the start, then those that the engine requests. */
  private Flux<EngineInput> mappings() {
    return Flux.merge(
            1,
            bus.storedMappings(),
            mappingRequests
                .flow()
                .onBackpressureBuffer(
                    MAPPING_REQUESTS_MAX, _ -> {}, BufferOverflowStrategy.DROP_LATEST)
                .flatMap(host -> bus.storedMapping(host).onErrorComplete(), MAPPINGS_AT_ONCE, 1))
        .publishOn(parts.reporting(), 1)
        .mapNotNull(guarded(parts.intake()::readStoredMapping));
  }

  /** Ticks, and resyncs of hosts whose messages were refused. */
  private Flux<EngineInput> ticks() {
    return Flux.interval(Duration.ZERO, TICK, control)
        .onBackpressureDrop()
        .concatMapIterable(_ -> {
          List<EngineInput> all =
              new ArrayList<>(List.of(new EngineInput.Single(new Input.Tick())));
          all.addAll(parts.intake().resyncs());
          return all;
        });
  }

  /**
   * Runs a read-only query of the engine's state between two inputs. At most {@link #QUERIES_MAX}
   * queries wait; a further one fails with {@link RejectedExecutionException}. A query after the
   * end of the pipeline never completes.
   *
   * @return the result, on the thread that runs the engine
   */
  <T> Mono<T> query(Supplier<T> query) {
    return Mono.create(result -> {
      if (queries.incrementAndGet() > QUERIES_MAX) {
        queries.decrementAndGet();
        result.error(new RejectedExecutionException("too many queries are waiting"));
        return;
      }
      parts
          .internal()
          .put(
              new EngineInput.Query(() -> {
                queries.decrementAndGet();
                try {
                  result.success(query.get());
                } catch (RuntimeException e) {
                  result.error(e);
                }
              }));
    });
  }

  /**
   * Shuts down gracefully: stops the intake, waits for answers to commands in flight, and stores
   * alerts and decisions.
   *
   * @param timeout for the answers, and again for storing
   * @return whether all commands were answered and everything is stored
   */
  Mono<Boolean> drain(Duration timeout) {
    Mono<Boolean> answered = idle(timeout);
    Mono<Boolean> abandoned =
        Mono.defer(() -> {
          parts.commands().abandon("the controller is stopping");
          return idle(ABANDON_TIMEOUT).thenReturn(false);
        });
    return Mono.fromRunnable(intakeStopped::tryEmitEmpty)
        .then(answered)
        .flatMap(all -> all ? Mono.just(true) : abandoned)
        .doOnNext(_ -> inputsStopped.tryEmitEmpty())
        .flatMap(all ->
            effectsCompleted.asMono().thenReturn(all).timeout(timeout, Mono.just(false), control));
  }

  /** Whether no command is in flight within the timeout. */
  private Mono<Boolean> idle(Duration timeout) {
    return Flux.interval(Duration.ZERO, IDLE_CHECK, control)
        .filter(_ -> parts.commands().size() == 0)
        .next()
        .map(_ -> true)
        .timeout(timeout, Mono.just(false), control);
  }
}
