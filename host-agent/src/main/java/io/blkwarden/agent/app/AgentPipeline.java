package io.blkwarden.agent.app;

import io.blkwarden.agent.bus.AgentHealth;
import io.blkwarden.agent.bus.CommandReader;
import io.blkwarden.agent.bus.Controllers;
import io.blkwarden.agent.bus.IncomingCommand;
import io.blkwarden.agent.bus.Link;
import io.blkwarden.agent.bus.PendingMessages;
import io.blkwarden.agent.bus.PendingMessages.Kind;
import io.blkwarden.agent.bus.Publisher;
import io.blkwarden.agent.bus.Session;
import io.blkwarden.agent.lease.LeaseStore.FoundLeases;
import io.blkwarden.model.message.Outcome;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.BufferOverflowStrategy;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.util.retry.Retry;

/**
 * The agent's data flow: inputs, the core, effects. Leases and queue settings have independent
 * flows.
 *
 * <pre>
 * xenstore, uevents -> "changed" ---+
 * commands of the host -------------+
 * NATS -> commands, "connected" ----+-> core, one input at a time -> pending messages -> NATS
 * ticks ----------------------------+
 *
 * leases -> restore, outcomes -------------------------------------> pending messages
 * queues
 * </pre>
 *
 * <p>Each flow runs on a thread of {@link AgentSchedulers}. The core logs and counts failing
 * inputs; a failure to publish is a fault in the heartbeat. A flow ends only by an {@link Error} or
 * a bug, which ends the agent.
 */
final class AgentPipeline {
  /** Maximum number of queued commands; further ones are refused as overload. */
  static final int MAX_COMMANDS = 128;

  /** Maximum number of queued refusals; further commands are counted and not answered. */
  private static final int MAX_REFUSALS = 1024;

  /** Maximum number of published, unconfirmed outcomes. */
  static final int MAX_UNCONFIRMED = 64;

  /** Maximum number of messages of a kind that are published in a row. */
  private static final int MAX_BATCH = 64;

  /** Shortest time between two ticks. */
  private static final long MIN_TICK_MILLIS = 10;

  static final Duration FIRST_RETRY = Duration.ofMillis(250);
  private static final Duration MAX_RETRY = Duration.ofSeconds(30);
  private static final Duration MAX_MAPPING_RETRY = Duration.ofSeconds(5);

  /** Longer, because each attempt sends the whole map, and the bucket often does not exist yet. */
  private static final Duration FIRST_BUCKET_RETRY = Duration.ofSeconds(5);

  private static final Duration MAX_BUCKET_RETRY = Duration.ofSeconds(60);

  private static final Logger LOG = LoggerFactory.getLogger(AgentPipeline.class);

  private final AgentCore core;
  private final AgentInbox inbox;
  private final PendingMessages pending;
  private final AgentHealth health;
  private final Controllers controllers;
  private final CommandReader commands;
  private final AgentSchedulers on;

  /** Connections established and lost. */
  private final Flux<Link.Event> connection;

  private final Sinks.Many<IncomingCommand> refused =
      Sinks.many().unicast().onBackpressureBuffer(new ArrayBlockingQueue<>(MAX_REFUSALS));
  private long ticks;
  private long lastTickMillis;
  private volatile boolean running = true;
  private final Sinks.Empty<Void> stopping = Sinks.empty();
  private Consumer<Throwable> onFailure = _ -> {};
  private Disposable inputs = Disposables.disposed();
  private Disposable effects = Disposables.disposed();

  AgentPipeline(
      AgentCore core,
      AgentInbox inbox,
      PendingMessages pending,
      Controllers controllers,
      AgentSchedulers schedulers) {
    this.core = core;
    this.inbox = inbox;
    this.pending = pending;
    this.health = pending.health();
    this.controllers = controllers;
    this.commands = new CommandReader(controllers.subjects(), core::now, pending);
    this.on = schedulers;
    // inputs and effects share one connection, which is closed when both are disposed
    this.connection =
        controllers
            .link()
            .events(on.nats())
            .doOnNext(this::onLinkEvent)
            .filter(event -> event instanceof Link.Event.Up || event instanceof Link.Event.Down)
            .publish()
            .refCount(2);
  }

  /**
   * Starts all flows.
   *
   * @param found leases of an earlier run; taken over before any input, because a command must not
   *     record the priority that they set as the original one
   * @param onFailure receives why a flow ended: the agent can no longer work
   */
  void start(FoundLeases found, Consumer<Throwable> onFailure) {
    this.onFailure = onFailure;
    pending.load();
    Mono<Void> takenOver =
        Mono.<Void>fromRunnable(() -> guarded(() -> core.start(found)))
            .subscribeOn(on.leases())
            .cache();
    Disposable _ = takenOver.onErrorComplete().thenMany(leases()).subscribe(_ -> {}, onFailure);
    Disposable _ = queues().subscribe(_ -> {}, onFailure);
    effects = effects().subscribe(_ -> {}, onFailure);
    inputs = takenOver.thenMany(inputs()).subscribe(_ -> {}, onFailure);
  }

  // 1. Inputs are merged on agent-core; the core handles them one at a time.

  Flux<AgentInput> inputs() {
    return Flux.merge(
            1, // no buffering beyond that of the sources
            Flux.just(new AgentInput.Tick()),
            inbox.changes().publishOn(on.core(), 1), // conflated
            inbox.localCommands().publishOn(on.core(), 1),
            fromNats().publishOn(on.core(), 1))
        .subscribeOn(on.core())
        .switchMap(input -> Flux.concat(Mono.just(input), ticks())) // until the next input
        .doOnNext(this::handle);
  }

  /** Commands and connections. Queued commands survive a lost connection. */
  Flux<AgentInput> fromNats() {
    return connection
        .switchMap(event ->
            event instanceof Link.Event.Up(Session nats, _)
                ? Flux.merge(
                    Integer.MAX_VALUE, // only the buffer below is bounded
                    commands(nats),
                    Flux.just(new AgentInput.Connected())) // after subscribing
                : Flux.empty())
        .onBackpressureBuffer(MAX_COMMANDS, this::onOverflow, BufferOverflowStrategy.DROP_LATEST);
  }

  private Flux<AgentInput> commands(Session nats) {
    return nats.subscribe(controllers.subjects().command(core.host()))
        .mapNotNull(message -> commands.read(message).orElse(null))
        .<AgentInput>map(AgentInput.CommandReceived::new)
        .doOnError(failure -> health.fault(AgentHealth.NATS, "commands: " + failure.getMessage()))
        .retryWhen(retry(FIRST_RETRY, MAX_RETRY));
  }

  /** Ticks when something is due. */
  private Flux<AgentInput> ticks() {
    return Mono.defer(() -> Mono.delay(untilNextTick(), on.core()))
        .<AgentInput>map(_ -> new AgentInput.Tick())
        .repeat();
  }

  private Duration untilNextTick() {
    return Duration.ofMillis(Math.max(MIN_TICK_MILLIS, core.untilNextTick()));
  }

  private void handle(AgentInput input) {
    if (input instanceof AgentInput.Changed && !inbox.takeChange()) {
      return; // a scan has started since, and sees it
    }
    guarded(() -> core.on(input));
    if (input instanceof AgentInput.Tick) {
      ticked();
    } else if (core.untilNextTick() == 0 && core.now() - lastTickMillis >= MIN_TICK_MILLIS) {
      // a stream of inputs would delay the timer
      guarded(() -> core.on(new AgentInput.Tick()));
      ticked();
    }
  }

  private void ticked() {
    ticks++;
    lastTickMillis = core.now();
  }

  // 2. Effects are queued in PendingMessages and published while connected.

  Flux<Void> effects() {
    return Flux.merge(
        refused.asFlux().publishOn(on.nats(), 1).concatMap(this::refuse),
        connection.switchMap(event ->
            event instanceof Link.Event.Up(Session nats, _) ? publish(nats) : Flux.empty()));
  }

  private Flux<Void> publish(Session session) {
    Publisher nats =
        new Publisher(core.host(), controllers.subjects(), session, pending, on.nats());
    return Flux.merge(
        // replies: in order; the oldest is dropped when full
        ready(Kind.REPLY)
            .concatMap(_ -> all(pending::takeReply, Kind.REPLY))
            .concatMap(nats::reply, 0),
        // outcomes: retried until stored, several at a time
        ready(Kind.OUTCOME)
            .concatMap(_ -> all(pending::takeOutcome, Kind.OUTCOME))
            .flatMap(
                outcome -> nats.outcome(outcome).retryWhen(retry(FIRST_RETRY, MAX_RETRY)),
                MAX_UNCONFIRMED),
        // mapping events: in order, retried until received; then the last snapshot goes to the
        // bucket
        ready(Kind.MAPPING)
            .concatMap(_ ->
                nats.mappings()
                    .retryWhen(retry(FIRST_RETRY, MAX_MAPPING_RETRY))
                    .repeat(() -> pending.has(Kind.MAPPING)))
            .switchMap(snapshot ->
                nats.storeSnapshot(snapshot)
                    .retryWhen(retry(FIRST_BUCKET_RETRY, MAX_BUCKET_RETRY))),
        // samples and heartbeats: the latest, once
        ready(Kind.SAMPLES)
            .concatMap(_ -> Mono.fromSupplier(pending::takeSamples).flatMap(nats::samples)),
        ready(Kind.HEARTBEAT)
            .concatMap(_ -> Mono.fromSupplier(pending::takeHeartbeat).flatMap(nats::heartbeat)));
  }

  private Flux<Kind> ready(Kind kind) {
    return pending.signals(kind).publishOn(on.nats(), 1);
  }

  /** Takes all messages on demand, in batches so that other kinds are published in between. */
  private <T> Flux<T> all(Supplier<@Nullable T> take, Kind kind) {
    return Flux.<T>generate(
            sink -> {
              T next = take.get();
              if (next == null) {
                sink.complete();
              } else {
                sink.next(next);
              }
            })
        .take(MAX_BATCH)
        .subscribeOn(on.nats())
        .repeat(() -> pending.has(kind));
  }

  private Retry retry(Duration first, Duration last) {
    return Retry.backoff(Long.MAX_VALUE, first).maxBackoff(last).scheduler(on.nats());
  }

  private void onLinkEvent(Link.Event event) {
    switch (event) {
      case Link.Event.Up(Session nats, String server) -> {
        pending.up(nats.maxPayload());
        LOG.info("connected to NATS at {}", server);
      }
      case Link.Event.Down(String reason) -> pending.down(reason);
      case Link.Event.Fault(String text) -> health.fault(AgentHealth.NATS, text);
      case Link.Event.Discarded() -> health.drop("messages");
      case Link.Event.Overrun() -> health.drop("commands");
    }
  }

  /** Refuses a command, or defers a reconnection to the next tick; does not block. */
  private void onOverflow(AgentInput input) {
    if (input instanceof AgentInput.CommandReceived(IncomingCommand command)) {
      inbox.commandRefused();
      health.drop("commands");
      Sinks.EmitResult _ = refused.tryEmitNext(command);
    } else {
      inbox.missed();
    }
  }

  private Mono<Void> refuse(IncomingCommand command) {
    return Mono.fromRunnable(() -> {
      Outcome outcome =
          core.refused(
              command.command(),
              Outcome.Refusal.OVERLOADED,
              "expected at most %d queued commands".formatted(MAX_COMMANDS));
      command.reply().accept(outcome);
      pending.outcome(outcome);
    });
  }

  // 3. Leases expire on their own thread, independent of the flows above.

  private Flux<Long> leases() {
    return Mono.defer(
            () -> {
              guarded(core::endDueLeases);
              return Mono.delay(Duration.ofMillis(core.untilNextExpiry()), on.leases());
            })
        .repeat(() -> running)
        .subscribeOn(on.leases());
  }

  // 4. Queue settings are checked on their own thread, if any are configured.

  private Flux<Long> queues() {
    return Mono.defer(
            () -> {
              core.queues().update();
              return Mono.delay(Duration.ofMillis(QueueKeeper.INTERVAL_MILLIS), on.queues());
            })
        .repeat(() -> running && !core.queues().idle())
        .subscribeOn(on.queues());
  }

  /** Reports an {@link Error}, which operators do not propagate; it ends the agent. */
  private void guarded(Runnable work) {
    try {
      work.run();
    } catch (RuntimeException | Error e) {
      onFailure.accept(e);
      throw e;
    }
  }

  /** The agent's state without disk counters, while the lease and core threads make progress. */
  Flux<AgentSnapshot> alive(Duration every) {
    AtomicLong lastTicks = new AtomicLong();
    return Flux.interval(Duration.ZERO, every, on.leases())
        .takeUntilOther(stopping.asMono())
        .onBackpressureDrop()
        .publishOn(on.core(), 1)
        .filter(_ -> lastTicks.getAndSet(ticks) < ticks)
        .map(_ -> core.snapshot(false));
  }

  /** Stops the inputs; effects are still published. */
  void endInputs() {
    running = false;
    Sinks.EmitResult _ = stopping.tryEmitEmpty();
    inputs.dispose();
  }

  /** Completes when nothing is pending, or there is no connection. */
  Mono<Void> settled() {
    return pending.signals().publishOn(on.nats(), 1).filter(_ -> pending.settled()).next().then();
  }

  /** Closes the connection. */
  void endEffects() {
    effects.dispose();
    controllers.link().close();
  }
}
