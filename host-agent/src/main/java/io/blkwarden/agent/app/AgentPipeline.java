package io.blkwarden.agent.app;

import io.blkwarden.agent.bus.BusHealth;
import io.blkwarden.agent.bus.CommandReader;
import io.blkwarden.agent.bus.Controllers;
import io.blkwarden.agent.bus.IncomingCommand;
import io.blkwarden.agent.bus.LinkEvent;
import io.blkwarden.agent.bus.PendingMessages;
import io.blkwarden.agent.bus.PendingMessages.Kind;
import io.blkwarden.agent.bus.Publisher;
import io.blkwarden.agent.bus.Session;
import io.blkwarden.agent.lease.LeaseStore.FoundLeases;
import io.blkwarden.agent.lease.Outcomes;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.json.Decoded;
import io.blkwarden.model.message.Command;
import io.blkwarden.model.message.Outcome;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
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
 * The agent's data flow, from top to bottom: inputs, the core, effects; and beside them the leases
 * and the queues, which wait for none of it.
 *
 * <pre>
 * xenstore, uevents -> "changed" ---+
 * NATS -> commands, "connected" ----+-> core, one input at a time -> pending messages -> NATS
 * ticks ----------------------------+
 *
 * leases -> restore, outcomes -------------------------------------> pending messages
 * queues
 * </pre>
 *
 * <p>Each flow has a thread of {@link AgentSchedulers}. An input that fails is logged and counted
 * by the core; a failure to publish is a fault in the heartbeat. So no flow ends but by an {@link
 * Error} or a bug, and then the agent does.
 */
final class AgentPipeline {
  /** Most commands that wait; one more is refused as overload. */
  static final int MAX_COMMANDS = 128;

  /** Most refusals that wait to be answered; one more command gets no answer, and is counted. */
  private static final int MAX_REFUSALS = 1024;

  /** Most outcomes that are published and not confirmed. */
  static final int MAX_UNCONFIRMED = 64;

  /** Most messages of a kind that are published before the others have their turn. */
  private static final int MAX_TURN = 64;

  /** Least time between two ticks, whatever is due. */
  private static final long LEAST_TICK_MILLIS = 10;

  static final Duration FIRST_RETRY = Duration.ofMillis(250);
  private static final Duration LAST_RETRY = Duration.ofSeconds(30);
  private static final Duration LAST_MAPPING_RETRY = Duration.ofSeconds(5);

  /** A whole map each time, and most often there is no bucket yet. */
  private static final Duration FIRST_KEEP_RETRY = Duration.ofSeconds(5);

  private static final Duration LAST_KEEP_RETRY = Duration.ofSeconds(60);

  private static final Logger LOG = LoggerFactory.getLogger(AgentPipeline.class);

  private final AgentCore core;
  private final AgentInbox inbox;
  private final PendingMessages pending;
  private final BusHealth health;
  private final Controllers controllers;
  private final HostId host;
  private final LongSupplier nowMillis;
  private final Outcomes refusals;
  private final CommandReader commands;
  private final AgentSchedulers on;

  /** That a connection is established or lost. */
  private final Flux<LinkEvent> connection;

  private final Sinks.Many<IncomingCommand> refused =
      Sinks.many().unicast().onBackpressureBuffer(new ArrayBlockingQueue<>(MAX_REFUSALS));
  private long ticks;
  private long lastTickMillis;
  private volatile boolean running = true;
  private final Sinks.Empty<Void> ending = Sinks.empty();
  private Consumer<Throwable> failed = _ -> {};
  private Disposable inputs = Disposables.disposed();
  private Disposable effects = Disposables.disposed();

  AgentPipeline(
      AgentCore core,
      AgentInbox inbox,
      PendingMessages pending,
      BusHealth health,
      Controllers controllers,
      HostId host,
      LongSupplier nowMillis,
      Outcomes refusals,
      AgentSchedulers schedulers) {
    this.core = core;
    this.inbox = inbox;
    this.pending = pending;
    this.health = health;
    this.controllers = controllers;
    this.host = host;
    this.nowMillis = nowMillis;
    this.refusals = refusals;
    this.commands = new CommandReader(controllers.subjects(), nowMillis, pending, health);
    this.on = schedulers;
    // One connection for inputs and effects; closed when neither needs it any more.
    this.connection =
        controllers
            .link()
            .events(on.nats())
            .doOnNext(this::note)
            .filter(event -> event instanceof LinkEvent.Up || event instanceof LinkEvent.Down)
            .publish()
            .refCount(2);
  }

  /**
   * Starts all flows.
   *
   * @param found what an earlier run left; taken over before any input, for a command must not take
   *     an earlier run's priority for somebody else's
   * @param ended told why a flow ended: the agent can no longer do its work
   */
  void start(FoundLeases found, Consumer<Throwable> ended) {
    failed = ended;
    pending.load();
    Mono<Void> takenOver =
        Mono.<Void>fromRunnable(() -> guarded(() -> core.start(found)))
            .subscribeOn(on.leases())
            .cache();
    Disposable _ = takenOver.onErrorComplete().thenMany(leases()).subscribe(_ -> {}, ended);
    Disposable _ = queues().subscribe(_ -> {}, ended);
    effects = effects().subscribe(_ -> {}, ended);
    inputs = takenOver.thenMany(inputs()).subscribe(_ -> {}, ended);
  }

  // 1. Inputs meet on agent-core, and the core handles them one at a time.

  Flux<AgentInput> inputs() {
    return Flux.merge(
            1, // more would wait here, beyond the bounds of the sources
            Flux.just(new AgentInput.Tick()),
            inbox.changes().publishOn(on.core(), 1), // conflated: one stands for all that wait
            fromControllers().publishOn(on.core(), 1))
        .subscribeOn(on.core())
        .switchMap(input -> Flux.concat(Mono.just(input), ticks())) // until the next input
        .doOnNext(this::handle);
  }

  /** Commands, and that there is a connection. What waits is kept when the connection is lost. */
  Flux<AgentInput> fromControllers() {
    return connection
        .switchMap(event ->
            event instanceof LinkEvent.Up(Session nats, _)
                ? Flux.merge(
                    Integer.MAX_VALUE, // at once into the buffer below: nothing may wait here
                    commands(nats),
                    Flux.just(new AgentInput.BusUp())) // once the subscription was sent
                : Flux.empty())
        .onBackpressureBuffer(MAX_COMMANDS, this::noRoom, BufferOverflowStrategy.DROP_LATEST);
  }

  private Flux<AgentInput> commands(Session nats) {
    return nats.subscribe(controllers.subjects().command(host))
        .mapNotNull(message -> commands.read(message).orElse(null))
        .<AgentInput>map(AgentInput.CommandCame::new)
        .doOnError(failure -> health.fault(BusHealth.NATS, "commands: " + failure.getMessage()))
        .retryWhen(again(FIRST_RETRY, LAST_RETRY));
  }

  /** Wakes the core when something is due, and not before. */
  private Flux<AgentInput> ticks() {
    return Mono.defer(() -> Mono.delay(untilNextTick(), on.core()))
        .<AgentInput>map(_ -> new AgentInput.Tick())
        .repeat();
  }

  private Duration untilNextTick() {
    return Duration.ofMillis(Math.max(LEAST_TICK_MILLIS, core.untilNextTick()));
  }

  private void handle(AgentInput input) {
    if (input instanceof AgentInput.Changed && !inbox.takeChange()) {
      return; // a scan has begun since, and saw it
    }
    guarded(() -> core.on(input));
    if (input instanceof AgentInput.Tick) {
      ticked();
    } else if (core.untilNextTick() == 0
        && nowMillis.getAsLong() - lastTickMillis >= LEAST_TICK_MILLIS) {
      // Inputs without end keep the thread, and with it the timer, from getting there.
      guarded(() -> core.on(new AgentInput.Tick()));
      ticked();
    }
  }

  private void ticked() {
    ticks++;
    lastTickMillis = nowMillis.getAsLong();
  }

  // 2. Effects wait in the pending messages, and are published while a connection is established.

  Flux<Void> effects() {
    return Flux.merge(
        refused.asFlux().publishOn(on.nats(), 1).concatMap(this::refuse),
        connection.switchMap(event ->
            event instanceof LinkEvent.Up(Session nats, _) ? publish(nats) : Flux.empty()));
  }

  private Flux<Void> publish(Session session) {
    Publisher nats =
        new Publisher(host, controllers.subjects(), session, pending, health, on.nats());
    return Flux.merge(
        // Replies: in order; at the bound the oldest is dropped.
        ready(Kind.REPLY)
            .concatMap(_ -> all(pending::takeReply, pending::hasReplies))
            .concatMap(nats::reply, 0),
        // Outcomes: from the journal until they are stored; some at a time, repeated for ever.
        ready(Kind.OUTCOME)
            .concatMap(_ -> all(pending::takeOutcome, pending::hasOutcomes))
            .flatMap(
                outcome -> nats.outcome(outcome).retryWhen(again(FIRST_RETRY, LAST_RETRY)),
                MAX_UNCONFIRMED),
        // Mapping events: in order until the server has them; then the last snapshot is kept.
        ready(Kind.MAPPING)
            .concatMap(_ ->
                nats.mappings()
                    .retryWhen(again(FIRST_RETRY, LAST_MAPPING_RETRY))
                    .repeat(pending::hasEvents))
            .switchMap(snapshot ->
                nats.keep(snapshot).retryWhen(again(FIRST_KEEP_RETRY, LAST_KEEP_RETRY))),
        // Samples and heartbeats: the latest, once.
        ready(Kind.SAMPLES)
            .concatMap(_ -> Mono.fromSupplier(pending::takeSamples).flatMap(nats::samples)),
        ready(Kind.HEARTBEAT)
            .concatMap(_ -> Mono.fromSupplier(pending::takeHeartbeat).flatMap(nats::heartbeat)));
  }

  private Flux<Kind> ready(Kind kind) {
    return pending.signals(kind).publishOn(on.nats(), 1);
  }

  /** Takes all there are, when they are asked for; after some the other kinds have their turn. */
  private <T> Flux<T> all(Supplier<@Nullable T> take, BooleanSupplier more) {
    return Flux.<T>generate(
            sink -> {
              T next = take.get();
              if (next == null) {
                sink.complete();
              } else {
                sink.next(next);
              }
            })
        .take(MAX_TURN)
        .subscribeOn(on.nats())
        .repeat(more);
  }

  private Retry again(Duration first, Duration last) {
    return Retry.backoff(Long.MAX_VALUE, first).maxBackoff(last).scheduler(on.nats());
  }

  private void note(LinkEvent event) {
    switch (event) {
      case LinkEvent.Up(Session nats, String server) -> {
        pending.up(nats.maxPayload());
        LOG.info("connected to NATS at {}", server);
      }
      case LinkEvent.Down(String reason) -> pending.down(reason);
      case LinkEvent.Fault(String text) -> health.fault(BusHealth.NATS, text);
      case LinkEvent.Discarded() -> health.drop("messages");
      case LinkEvent.Overrun() -> health.drop("commands");
    }
  }

  /** A command, or the news of a connection, found no room; must not wait. */
  private void noRoom(AgentInput input) {
    if (input instanceof AgentInput.CommandCame(IncomingCommand command)) {
      inbox.commandRefused();
      health.drop("commands");
      Sinks.EmitResult _ = refused.tryEmitNext(command);
    } else {
      inbox.missed();
    }
  }

  private Mono<Void> refuse(IncomingCommand command) {
    return Mono.fromRunnable(() -> {
      Optional<MessageId> id =
          command.command() instanceof Decoded.Ok<Command>(Command known)
              ? Optional.of(known.id())
              : Optional.empty();
      Outcome outcome =
          refusals.refused(
              id.orElse(null),
              Outcome.Refusal.OVERLOADED,
              "expected at most %d commands to wait".formatted(MAX_COMMANDS));
      command.reply().accept(outcome);
      pending.outcome(outcome);
    });
  }

  // 3. Leases end on a thread of their own, whatever the flows above wait for.

  private Flux<Long> leases() {
    return Mono.defer(
            () -> {
              guarded(core::endDue);
              return Mono.delay(Duration.ofMillis(core.untilNextEnd()), on.leases());
            })
        .repeat(() -> running)
        .subscribeOn(on.leases());
  }

  // 4. So are the devices' queues looked at, while there is anything to do.

  private Flux<Long> queues() {
    return Mono.defer(
            () -> {
              core.queues().look();
              return Mono.delay(Duration.ofMillis(QueueKeeper.LOOK_MILLIS), on.queues());
            })
        .repeat(() -> running && !core.queues().idle())
        .subscribeOn(on.queues());
  }

  /** An {@link Error} goes past operators, which pass on exceptions only; it ends the agent. */
  private void guarded(Runnable work) {
    try {
      work.run();
    } catch (RuntimeException | Error e) {
      failed.accept(e);
      throw e;
    }
  }

  /** What the core knows, without counters, each time that both threads have taken a turn. */
  Flux<AgentSnapshot> alive(Duration every) {
    AtomicLong told = new AtomicLong();
    return Flux.interval(Duration.ZERO, every, on.leases())
        .takeUntilOther(ending.asMono())
        .onBackpressureDrop()
        .publishOn(on.core(), 1)
        .filter(_ -> told.getAndSet(ticks) < ticks)
        .map(_ -> core.reading(false));
  }

  /** Takes no more inputs; effects are still published. */
  void endInputs() {
    running = false;
    Sinks.EmitResult _ = ending.tryEmitEmpty();
    inputs.dispose();
  }

  /** Completes when nothing is left to publish, or nothing can be. */
  Mono<Void> settled() {
    return pending.signals().publishOn(on.nats(), 1).filter(_ -> pending.settled()).next().then();
  }

  /** Closes the connection. */
  void endEffects() {
    effects.dispose();
    controllers.link().close();
  }
}
