package io.blkwarden.controller.bus;

import io.blkwarden.controller.nats.LinkState;
import io.blkwarden.controller.nats.NatsException;
import io.blkwarden.controller.nats.NatsLink;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.util.retry.Retry;

/**
 * What has to be there before this controller may lead, prepared each time that NATS comes up.
 *
 * <p>In this order: streams and buckets are created where they are missing, operators' input is
 * read, and written back first where NATS has lost it, {@link #prepared()} gives an element, and
 * the baselines are followed. It is tried again until it succeeds. Every {@link #CHECK} it looks
 * whether JetStream works and whether a stream or a bucket has been deleted or created again. If
 * so, it prepares everything again.
 */
final class StoreSetup implements AutoCloseable {
  private static final Duration CHECK = Duration.ofSeconds(10);
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final long RETRY_MILLIS = 1_000;
  private static final Logger log = LoggerFactory.getLogger(StoreSetup.class);

  private final NatsLink link;
  private final OperatorInputBucket inputs;
  private final BaselineBucket baselines;
  private final SharedStates shared;
  private final Scheduler scheduler;
  private final Scheduler timer;
  private final RandomGenerator random;
  private final Sinks.Many<Long> prepared = Sinks.many().replay().latest();
  private final Sinks.Many<Boolean> again = Sinks.many().multicast().directBestEffort();
  private final Disposable.Composite life = Disposables.composite();
  private volatile String problem = "";
  private volatile boolean done;
  private boolean settled;
  private volatile long times;

  /**
   * Nothing is prepared yet.
   *
   * @param scheduler with threads that may wait
   * @param timer one thread that may wait a little, for checks and pauses
   */
  StoreSetup(
      NatsLink link,
      OperatorInputBucket inputs,
      BaselineBucket baselines,
      SharedStates shared,
      Scheduler scheduler,
      Scheduler timer,
      RandomGenerator random) {
    this.link = link;
    this.inputs = inputs;
    this.baselines = baselines;
    this.shared = shared;
    this.scheduler = scheduler;
    this.timer = timer;
    this.random = random;
  }

  /** Begins to prepare. */
  void start() {
    life.add(
        Flux.merge(
                link.states().filter(this::isUp).map(_ -> Duration.ZERO),
                again.asFlux().map(_ -> pause()))
            .onBackpressureLatest()
            .publishOn(scheduler, 1)
            .switchMap(this::follow)
            .subscribe());
    life.add(
        Flux.interval(CHECK, timer)
            .filter(_ -> done && link.isUp())
            .onBackpressureDrop()
            .concatMap(_ -> check(), 0)
            .subscribe());
  }

  private boolean isUp(LinkState state) {
    if (state instanceof LinkState.Seeking) {
      done = false; // the client gave the connection up
    }
    return state instanceof LinkState.Up;
  }

  private Duration pause() {
    return Duration.ofMillis(RETRY_MILLIS + random.nextLong(RETRY_MILLIS));
  }

  /** Prepares after a pause, and follows until it is cancelled. */
  private Flux<?> follow(Duration pause) {
    return (pause.isZero() ? Mono.just(0L) : Mono.delay(pause, timer))
        .then(link.ensure())
        .thenMany(
            inputs
                .follow()
                .timeout(Mono.delay(PATIENCE, timer), _ -> Mono.never())
                .onErrorMap(TimeoutException.class, StoreSetup::silent)
                .publish(said ->
                    Flux.merge(
                        said,
                        said.next()
                            .onErrorResume(_ -> Mono.never()) // the other one fails with it
                            .doOnNext(_ -> succeeded())
                            .thenMany(followBaselines()))))
        .doOnError(this::failed)
        .retryWhen(Retry.from(failures -> failures.concatMap(_ -> Mono.delay(pause(), timer))));
  }

  private static NatsException silent(Throwable timeout) {
    return new NatsException("NATS does not answer about operators' input", "", timeout);
  }

  private Flux<Boolean> followBaselines() {
    return baselines
        .watch()
        .handle((each, sink) -> {
          if (shared.tell(each)) {
            sink.next(true);
          } else {
            sink.error(new NatsException("the engine does not take baselines", ""));
          }
        });
  }

  private synchronized void succeeded() {
    done = true;
    settled = true;
    problem = "";
    long now = times + 1;
    times = now;
    prepared.emitNext(now, Sinks.EmitFailureHandler.FAIL_FAST);
  }

  /** Takes note of what does not work; the next success clears it. */
  void failed(Throwable e) {
    String text = e instanceof NatsException ? String.valueOf(e.getMessage()) : e.toString();
    synchronized (this) {
      settled = false;
      if (!link.isUp() || text.equals(problem)) { // that it is not up says enough
        return;
      }
      problem = text;
    }
    log.error("{}", text);
  }

  /** Takes note of what does not work, and prepares again. */
  void unsettled(Throwable e) {
    boolean restart;
    synchronized (this) {
      restart = settled;
    }
    failed(e);
    if (restart) {
      prepareAgain();
    }
  }

  private void prepareAgain() {
    synchronized (again) {
      Sinks.EmitResult _ = again.tryEmitNext(true);
    }
  }

  private Mono<Void> check() {
    return link.check()
        .then(link.ensure())
        .flatMap(created -> {
          if (created) {
            log.warn("streams or buckets were missing, and are created again");
          }
          return created ? Mono.just(true) : inputs.isLost(); // by another controller perhaps
        })
        .doOnNext(restart -> {
          if (restart) {
            prepareAgain();
          }
        })
        .then()
        .onErrorResume(e -> {
          unsettled(e);
          return Mono.empty();
        });
  }

  /** An element each time that all is prepared; the latest one first. */
  Flux<Long> prepared() {
    return prepared.asFlux();
  }

  /** How many times it was prepared. */
  long times() {
    return times;
  }

  /** Whether it is prepared, on this connection or the one before it. */
  boolean done() {
    return done;
  }

  /** What does not work and what to do about it; empty when all does. */
  String problem() {
    return problem;
  }

  @Override
  public void close() {
    life.dispose();
  }
}
