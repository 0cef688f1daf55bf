package io.blkwarden.controller.dispatch;

import io.blkwarden.model.HostId;
import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.json.Decoded;
import io.blkwarden.model.message.Command;
import io.blkwarden.model.message.Outcome;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.LongPredicate;
import java.util.random.RandomGenerator;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.util.retry.Retry;

/**
 * Asks an agent the same until it answers or the command's time is over.
 *
 * <p>Each attempt has the same id, so that the agent does it once and says the same again, and what
 * is left of the command's time, so that none is carried out late. Pauses double from 50 ms to 2 s,
 * with jitter.
 */
public final class CommandCall {
  /** Sends one request; the answer comes later, or the reason why there is none. */
  @FunctionalInterface
  public interface Sender {
    /** Sends; must not wait. */
    CompletableFuture<byte[]> request(HostId host, byte[] command, Duration timeout);
  }

  /** Longest time that one attempt waits for its answer. */
  static final Duration ATTEMPT = Duration.ofSeconds(2);

  private static final Duration SPARE = Duration.ofSeconds(1);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

  private final Sender sender;
  private final LongPredicate claimed;
  private final Scheduler scheduler;
  private final DispatchCounters counters;
  private final RandomGenerator random;

  /**
   * A way to ask agents.
   *
   * @param claimed whether this controller holds the claim of that epoch now; asked before each
   *     attempt, since a lease may have ended while the process was suspended
   * @param scheduler where attempts are made and answers come
   * @param random jitter of the pauses; used on the scheduler only
   */
  public CommandCall(
      Sender sender,
      LongPredicate claimed,
      Scheduler scheduler,
      DispatchCounters counters,
      RandomGenerator random) {
    this.random = random;
    this.sender = sender;
    this.claimed = claimed;
    this.scheduler = scheduler;
    this.counters = counters;
  }

  /** A command under way. */
  static final class Ongoing {
    private final Command command;
    private final Sinks.One<Outcome> elsewhere = Sinks.one();
    private volatile String lastFault = "no answer";

    Ongoing(Command command) {
      this.command = command;
    }

    Command command() {
      return command;
    }

    /** Ends it with an outcome that came another way. */
    void settle(Outcome outcome) {
      Sinks.EmitResult _ = elsewhere.tryEmitValue(outcome);
    }

    /** Gives it up. */
    void abandon(String why) {
      Sinks.EmitResult _ = elsewhere.tryEmitError(new CancellationException(why));
    }
  }

  /** Begins; exactly one of the two is called later, on the scheduler. */
  Ongoing begin(
      Command command, long deadlineMillis, Consumer<Outcome> answered, Consumer<String> lost) {
    Ongoing ongoing = new Ongoing(command);
    Mono<Outcome> attempts =
        Mono.defer(() -> attempt(command, deadlineMillis))
            .doOnError(e -> ongoing.lastFault = text(e))
            .retryWhen(
                Retry.from(faults ->
                    faults.concatMap(fault -> Mono.delay(pause(fault.totalRetries()), scheduler))));
    Disposable _ =
        Mono.firstWithSignal(ongoing.elsewhere.asMono(), attempts)
            .timeout(Duration.ofMillis(Math.max(1, left(deadlineMillis))), scheduler)
            .publishOn(scheduler)
            .subscribe(answered, e -> lost.accept(reason(e, ongoing)));
    return ongoing;
  }

  /** Doubles with each retry up to the longest, and then is up to half shorter or longer. */
  private Duration pause(long retries) {
    long doubled = FIRST_PAUSE.toMillis() << Math.min(retries, 16);
    long millis = Math.min(doubled, LONGEST_PAUSE.toMillis());
    return Duration.ofMillis(millis / 2 + random.nextLong(millis + 1));
  }

  private Mono<Outcome> attempt(Command command, long deadlineMillis) {
    if (!claimed.test(command.epoch())) {
      return Mono.error(new IllegalStateException("the claim was not renewed"));
    }
    counters.attempts.increment();
    long left = Math.max(1, left(deadlineMillis));
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
    // the sender's own time ends later: of two ends at once one would be a fault that nobody takes
    return Mono.fromFuture(
            sender.request(command.host(), ControlJson.encode(timed), wait.plus(SPARE)))
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

  private long left(long deadlineMillis) {
    return deadlineMillis - scheduler.now(TimeUnit.MILLISECONDS);
  }

  private static String reason(Throwable e, Ongoing ongoing) {
    return e instanceof CancellationException
        ? text(e)
        : "not answered in its time; last: " + ongoing.lastFault;
  }

  private static String text(Throwable e) {
    Throwable cause = e instanceof CompletionException && e.getCause() != null ? e.getCause() : e;
    String message =
        cause instanceof TimeoutException ? "no answer within an attempt's time" : cause.toString();
    return message.length() > 500 ? message.substring(0, 500) : message;
  }
}
