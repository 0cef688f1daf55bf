package io.blkwarden.controller.dispatch;

import io.blkwarden.commandline.log.LogKeys;
import io.blkwarden.controller.snapshot.ControllerCounters;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.json.Decoded;
import io.blkwarden.model.message.Command;
import io.blkwarden.model.message.Outcome;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongPredicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.util.retry.Retry;

/**
 * Sends commands until each is answered by an outcome or expires.
 *
 * <p>Attempts are repeated until the agent answers. Each has the same id, so the agent carries the
 * command out once and repeats its answer, and the remaining time to live, so that none is carried
 * out late. Pauses double from 50 ms to 2 s, with jitter. The time to live includes waiting. At
 * most {@link #MAX_WAITING} commands wait or are in flight; further ones are refused and count as
 * lost.
 */
public final class CommandFlow {
  /** Most commands that wait or are in flight. */
  public static final int MAX_WAITING = 4_096;

  /** Most unordered commands in flight. */
  public static final int MAX_AT_ONCE = 256;

  /** Timeout of one attempt. */
  static final Duration ATTEMPT_TIMEOUT = Duration.ofSeconds(2);

  private static final Logger log = LoggerFactory.getLogger(CommandFlow.class);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);
  private static final int HOSTS_MAX = 65_536;

  /** Sends requests to agents. */
  @FunctionalInterface
  public interface Agents {
    /** Sends one request; must not block. */
    Mono<byte[]> request(HostId host, byte[] command, Duration timeout);
  }

  /**
   * Receives the results of commands; ignores them by default, as for snapshots, which the agent
   * publishes as messages of their own.
   */
  public interface Results {
    /** The agent answered. */
    default void outcome(Outcome outcome) {}

    /** The command was abandoned. */
    default void abandoned(HostId host, MessageId command, String why) {}
  }

  private final Agents agents;
  private final LongPredicate leads;
  private final Results results;
  private final Scheduler scheduler;
  private final ControllerCounters counters;
  private final RandomGenerator random;
  private final AtomicInteger waiting = new AtomicInteger();
  private final Map<MessageId, PendingCommand> inFlight = new ConcurrentHashMap<>();

  /** Fails when the commands admitted since the last call of {@link #abandon} are abandoned. */
  private volatile Sinks.One<Outcome> abandoned = Sinks.one();

  /** A command that waits or is in flight. */
  private static final class PendingCommand {
    private final Command command;
    private final long deadlineMillis;
    private final Sinks.One<Outcome> abandoned;
    private final Sinks.One<Outcome> result = Sinks.one();
    private volatile String lastFault = "no answer";

    PendingCommand(Command command, long deadlineMillis, Sinks.One<Outcome> abandoned) {
      this.command = command;
      this.deadlineMillis = deadlineMillis;
      this.abandoned = abandoned;
    }

    HostId host() {
      return command.host();
    }
  }

  /**
   * Creates a flow.
   *
   * @param leads whether this controller leads with that epoch; checked before each attempt,
   *     because the lease may have expired while the process was suspended
   * @param results is called once for each command; must not block
   * @param scheduler of retries and answers
   * @param random for jitter; used on the scheduler only
   */
  public CommandFlow(
      Agents agents,
      LongPredicate leads,
      Results results,
      Scheduler scheduler,
      ControllerCounters counters,
      RandomGenerator random) {
    this.agents = agents;
    this.leads = leads;
    this.results = results;
    this.scheduler = scheduler;
    this.counters = counters;
    this.random = random;
  }

  /**
   * Sends the commands of each host one after the other, so that a release never overtakes the
   * throttle that it releases. The first attempt is sent on the calling thread, because a thread
   * switch takes longer; all else runs on the scheduler.
   *
   * @return completes when {@code commands} has completed and all have a result
   */
  public Mono<Void> sendInOrder(Flux<Command> commands) {
    return commands
        .mapNotNull(this::admit)
        .groupBy(PendingCommand::host, Integer.MAX_VALUE) // bounded by admit()
        .flatMap(ofHost -> ofHost.concatMap(this::call), HOSTS_MAX)
        .then();
  }

  /**
   * Sends commands in any order, at most {@link #MAX_AT_ONCE} at once, on the scheduler.
   *
   * @return completes when {@code commands} has completed and all have a result
   */
  public Mono<Void> sendInAnyOrder(Flux<Command> commands) {
    return commands
        .mapNotNull(this::admit)
        .publishOn(scheduler, Integer.MAX_VALUE) // as above
        .flatMap(this::call, MAX_AT_ONCE)
        .then();
  }

  private @Nullable PendingCommand admit(Command command) {
    if (waiting.incrementAndGet() > MAX_WAITING) {
      waiting.decrementAndGet();
      counters.commandsRefused.increment();
      lose(command, "%d commands are already waiting".formatted(MAX_WAITING));
      return null;
    }
    return new PendingCommand(
        command, scheduler.now(TimeUnit.MILLISECONDS) + command.expiresInMs(), abandoned);
  }

  /** Handles an outcome that was not received as the reply to a command. */
  public void resolve(Outcome outcome) {
    MessageId id = outcome.command();
    PendingCommand pending = id == null ? null : inFlight.get(id);
    if (pending != null && pending.host().equals(outcome.host())) {
      Sinks.EmitResult _ = pending.result.tryEmitValue(outcome);
    }
  }

  /** Abandons all commands that wait or are in flight. */
  public void abandon(String why) {
    Sinks.One<Outcome> ended = abandoned;
    abandoned = Sinks.one();
    Sinks.EmitResult _ = ended.tryEmitError(new CancellationException(why));
  }

  /** How many commands wait or are in flight. */
  public int size() {
    return waiting.get();
  }

  private Mono<Void> call(PendingCommand pending) {
    return Mono.defer(
            () -> {
              inFlight.put(pending.command.id(), pending);
              return Mono.firstWithSignal(
                  pending.abandoned.asMono(), pending.result.asMono(), attempts(pending));
            })
        .timeout(Duration.ofMillis(Math.max(1, left(pending))), scheduler)
        .publishOn(scheduler)
        .doOnNext(outcome -> {
          end(pending);
          counters.answered.increment();
          results.outcome(outcome);
        })
        .onErrorResume(e -> {
          end(pending);
          lose(pending.command, reason(e, pending));
          return Mono.empty();
        })
        .then();
  }

  private void end(PendingCommand pending) {
    inFlight.remove(pending.command.id());
    waiting.decrementAndGet();
  }

  private Mono<Outcome> attempts(PendingCommand pending) {
    return Mono.defer(() -> attempt(pending))
        .doOnError(e -> pending.lastFault = text(e))
        .retryWhen(
            Retry.from(faults ->
                faults.concatMap(fault -> Mono.delay(pause(fault.totalRetries()), scheduler))));
  }

  /** Exponential backoff with a jitter of up to half the pause. */
  private Duration pause(long retries) {
    long doubled = FIRST_PAUSE.toMillis() << Math.min(retries, 16);
    long millis = Math.min(doubled, LONGEST_PAUSE.toMillis());
    return Duration.ofMillis(millis / 2 + random.nextLong(millis + 1));
  }

  private Mono<Outcome> attempt(PendingCommand pending) {
    Command command = pending.command;
    if (!leads.test(command.epoch())) {
      return Mono.error(new IllegalStateException("the leader lease has expired"));
    }
    counters.attempts.increment();
    long left = Math.max(1, left(pending));
    Command timed =
        new Command(
            command.id(),
            command.host(),
            command.epoch(),
            command.issuedBy(),
            command.issuedAt(),
            Math.min(left, command.expiresInMs()),
            command.reason(),
            command.action());
    Duration wait = Duration.ofMillis(Math.min(left, ATTEMPT_TIMEOUT.toMillis()));
    return agents
        .request(command.host(), ControlJson.encode(timed), wait)
        .timeout(wait, scheduler)
        .map(answer -> read(command, answer));
  }

  private Outcome read(Command command, byte[] answer) {
    String fault;
    switch (ControlJson.decode(Outcome.class, answer)) {
      case Decoded.Ok<Outcome>(Outcome outcome) -> {
        if (outcome.host().equals(command.host())) {
          return outcome;
        }
        fault = "it is of host " + outcome.host();
      }
      case Decoded.Malformed<Outcome> bad -> fault = bad.detail();
    }
    counters.answersMalformed.increment();
    throw new IllegalArgumentException("invalid answer: " + fault);
  }

  private long left(PendingCommand pending) {
    return pending.deadlineMillis - scheduler.now(TimeUnit.MILLISECONDS);
  }

  private void lose(Command command, String why) {
    counters.commandsLost.increment();
    try (LogKeys keys = new LogKeys()) {
      keys.put("host", command.host()).put("command", command.id());
      log.warn("command abandoned: host={} command={}: {}", command.host(), command.id(), why);
    }
    results.abandoned(command.host(), command.id(), why);
  }

  private static String reason(Throwable e, PendingCommand pending) {
    return e instanceof CancellationException
        ? text(e)
        : "expired without an answer; last attempt: " + pending.lastFault;
  }

  private static String text(Throwable e) {
    String message =
        e instanceof TimeoutException
            ? "no answer within %d s".formatted(ATTEMPT_TIMEOUT.toSeconds())
            : e instanceof CancellationException ? String.valueOf(e.getMessage()) : e.toString();
    return message.length() > 500 ? message.substring(0, 500) : message;
  }
}
