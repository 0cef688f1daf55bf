package io.blkwarden.controller.dispatch;

import io.blkwarden.commandline.log.LogKeys;
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
 * Sees commands through: each is answered by an outcome, or given up when its time is over.
 *
 * <p>An agent is asked the same until it answers: each attempt has the same id, so that the agent
 * does it once and says the same again, and what is left of the command's time, so that none is
 * carried out late. Pauses double from 50 ms to 2 s, with jitter. A command's time runs while it
 * waits. At most {@link #MAX_WAITING} wait or are under way; one more is refused, which counts as
 * lost.
 */
public final class CommandFlow {
  /** Most commands that wait or are under way. */
  public static final int MAX_WAITING = 4_096;

  /** Most hosts that are asked at once for what nobody waits for. */
  public static final int MAX_AT_ONCE = 256;

  /** Longest time that one attempt waits for its answer. */
  static final Duration ATTEMPT = Duration.ofSeconds(2);

  private static final Logger log = LoggerFactory.getLogger(CommandFlow.class);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);
  private static final int HOSTS_MAX = 65_536;

  /** Asks an agent once; the answer comes later, or the reason why there is none. */
  @FunctionalInterface
  public interface Agents {
    /** Asks; must not wait. */
    Mono<byte[]> request(HostId host, byte[] command, Duration timeout);
  }

  /** What became of commands. */
  public interface Results {
    /** An agent answered. */
    void outcome(Outcome outcome);

    /** A command was given up. */
    void lost(HostId host, MessageId command, String why);
  }

  private final Agents agents;
  private final LongPredicate leads;
  private final Results results;
  private final Scheduler scheduler;
  private final DispatchCounters counters;
  private final RandomGenerator random;
  private final AtomicInteger waiting = new AtomicInteger();
  private final Map<MessageId, PendingCommand> underWay = new ConcurrentHashMap<>();
  private volatile Generation given = new Generation("");

  /** Commands that were taken between two times that all were given up; compared by identity. */
  private static final class Generation {
    private final String why;

    Generation(String why) {
      this.why = why;
    }
  }

  /** A command and how it stands. */
  private static final class PendingCommand {
    private final Command command;
    private final long deadlineMillis;
    private final Generation since;
    private final Sinks.One<Outcome> elsewhere = Sinks.one();
    private volatile String lastFault = "no answer";

    PendingCommand(Command command, long deadlineMillis, Generation since) {
      this.command = command;
      this.deadlineMillis = deadlineMillis;
      this.since = since;
    }

    HostId host() {
      return command.host();
    }

    /** Gives it up. */
    void abandon(String why) {
      Sinks.EmitResult _ = elsewhere.tryEmitError(new CancellationException(why));
    }
  }

  /**
   * A flow of no commands yet.
   *
   * @param leads whether this controller leads with that epoch now; asked before each attempt,
   *     since a lease may have ended while the process was suspended
   * @param results hears of each command once; must not wait
   * @param scheduler where attempts are repeated and answers come
   * @param random jitter of the pauses; used on the scheduler only
   */
  public CommandFlow(
      Agents agents,
      LongPredicate leads,
      Results results,
      Scheduler scheduler,
      DispatchCounters counters,
      RandomGenerator random) {
    this.agents = agents;
    this.leads = leads;
    this.results = results;
    this.scheduler = scheduler;
    this.counters = counters;
    this.random = random;
  }

  /**
   * Carries commands out, a host's one after the other, so that a release never overtakes what it
   * releases. One that may begin is sent on the thread that brings it, for to wake another takes
   * longer; all else happens on the scheduler.
   *
   * @return completes when the commands have, and all are through
   */
  public Mono<Void> sendInOrder(Flux<Command> commands) {
    return commands
        .mapNotNull(this::admitted)
        .groupBy(PendingCommand::host, Integer.MAX_VALUE) // no more wait than were admitted
        .flatMap(ofHost -> ofHost.concatMap(this::call), HOSTS_MAX)
        .then();
  }

  /**
   * Carries out commands that nobody waits for, in any order, {@link #MAX_AT_ONCE} at once, and
   * also sends them on the scheduler.
   *
   * @return completes when the commands have, and all are through
   */
  public Mono<Void> sendInAnyOrder(Flux<Command> commands) {
    return commands
        .mapNotNull(this::admitted)
        .publishOn(scheduler, Integer.MAX_VALUE) // as above
        .flatMap(this::call, MAX_AT_ONCE)
        .then();
  }

  private @Nullable PendingCommand admitted(Command command) {
    if (waiting.incrementAndGet() > MAX_WAITING) {
      waiting.decrementAndGet();
      counters.refused.increment();
      lose(command, "%d commands wait already".formatted(MAX_WAITING));
      return null;
    }
    return new PendingCommand(command, scheduler.now(TimeUnit.MILLISECONDS) + command.expiresInMs(), given);
  }

  /** Takes note of an outcome that came another way than as an answer. */
  public void resolve(Outcome outcome) {
    MessageId id = outcome.command();
    PendingCommand order = id == null ? null : underWay.get(id);
    if (order != null && order.host().equals(outcome.host())) {
      Sinks.EmitResult _ = order.elsewhere.tryEmitValue(outcome);
    }
  }

  /** Gives up all that waits and all that is under way. */
  public void abandon(String why) {
    Generation before = given;
    given = new Generation(why);
    underWay.values().stream().filter(each -> each.since == before).forEach(o -> o.abandon(why));
  }

  /** How many wait or are under way. */
  public int size() {
    return waiting.get();
  }

  private Mono<Void> call(PendingCommand order) {
    return Mono.defer(
            () -> {
              underWay.put(order.command.id(), order);
              if (order.since != given) {
                order.abandon(given.why);
              }
              return Mono.firstWithSignal(order.elsewhere.asMono(), attempts(order));
            })
        .timeout(Duration.ofMillis(Math.max(1, left(order))), scheduler)
        .publishOn(scheduler)
        .doOnNext(outcome -> {
          end(order);
          counters.answered.increment();
          results.outcome(outcome);
        })
        .onErrorResume(e -> {
          end(order);
          lose(order.command, reason(e, order));
          return Mono.empty();
        })
        .then();
  }

  private void end(PendingCommand order) {
    underWay.remove(order.command.id());
    waiting.decrementAndGet();
  }

  private Mono<Outcome> attempts(PendingCommand order) {
    return Mono.defer(() -> attempt(order))
        .doOnError(e -> order.lastFault = text(e))
        .retryWhen(
            Retry.from(faults ->
                faults.concatMap(fault -> Mono.delay(pause(fault.totalRetries()), scheduler))));
  }

  /** Doubles with each retry up to the longest, and then is up to half shorter or longer. */
  private Duration pause(long retries) {
    long doubled = FIRST_PAUSE.toMillis() << Math.min(retries, 16);
    long millis = Math.min(doubled, LONGEST_PAUSE.toMillis());
    return Duration.ofMillis(millis / 2 + random.nextLong(millis + 1));
  }

  private Mono<Outcome> attempt(PendingCommand order) {
    Command command = order.command;
    if (!leads.test(command.epoch())) {
      return Mono.error(new IllegalStateException("the claim was not renewed"));
    }
    counters.attempts.increment();
    long left = Math.max(1, left(order));
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
    Duration wait = Duration.ofMillis(Math.min(left, ATTEMPT.toMillis()));
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
        fault = "it is from host " + outcome.host();
      }
      case Decoded.Malformed<Outcome> bad -> fault = bad.detail();
    }
    counters.malformed.increment();
    throw new IllegalArgumentException("the answer is not valid: " + fault);
  }

  private long left(PendingCommand order) {
    return order.deadlineMillis - scheduler.now(TimeUnit.MILLISECONDS);
  }

  private void lose(Command command, String why) {
    counters.lost.increment();
    try (LogKeys keys = new LogKeys()) {
      keys.put("host", command.host()).put("command", command.id());
      log.warn("command {} to {} given up: {}", command.id(), command.host(), why);
    }
    results.lost(command.host(), command.id(), why);
  }

  private static String reason(Throwable e, PendingCommand order) {
    return e instanceof CancellationException
        ? text(e)
        : "not answered in its time; last: " + order.lastFault;
  }

  private static String text(Throwable e) {
    String message =
        e instanceof TimeoutException
            ? "no answer within an attempt's time"
            : e instanceof CancellationException ? String.valueOf(e.getMessage()) : e.toString();
    return message.length() > 500 ? message.substring(0, 500) : message;
  }
}
