package io.blkwarden.controller.bus;

import io.blkwarden.controller.nats.ConnectionState;
import io.blkwarden.controller.nats.NatsConnection;
import io.blkwarden.controller.nats.NatsException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
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
 * The setup of JetStream that precedes leadership, repeated each time that NATS comes up.
 *
 * <p>In this order: it creates missing streams and buckets, restores operators' input that NATS has
 * lost, reads operators' input, emits from {@link #ready()} and follows the baselines. It retries
 * until it succeeds. Every {@link #CHECK_INTERVAL} it checks that JetStream works and that no
 * stream or bucket was deleted or created again; if one was, the setup runs again.
 */
final class JetStreamSetup implements AutoCloseable {
  private static final Duration CHECK_INTERVAL = Duration.ofSeconds(10);
  private static final Duration READ_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration RETRY_MIN = Duration.ofSeconds(1);
  private static final Duration RETRY_MAX = Duration.ofSeconds(2);
  private static final Logger log = LoggerFactory.getLogger(JetStreamSetup.class);

  private final NatsConnection connection;
  private final OperatorInputBucket inputs;
  private final BaselineBucket baselines;
  private final SharedStateQueue shared;
  private final Scheduler scheduler;
  private final Scheduler timer;
  private final Sinks.Many<Boolean> ready = Sinks.many().multicast().directBestEffort();
  private final Sinks.Many<Boolean> restarts = Sinks.many().multicast().directBestEffort();
  private final Disposable.Composite subscriptions = Disposables.composite();
  private volatile String problem = "";
  private volatile boolean isReady;
  private boolean healthy;

  /**
   * Creates a setup that is not started.
   *
   * @param scheduler with threads that may block
   * @param timer one thread that may block briefly, for checks and pauses
   */
  JetStreamSetup(
      NatsConnection connection,
      OperatorInputBucket inputs,
      BaselineBucket baselines,
      SharedStateQueue shared,
      Scheduler scheduler,
      Scheduler timer) {
    this.connection = connection;
    this.inputs = inputs;
    this.baselines = baselines;
    this.shared = shared;
    this.scheduler = scheduler;
    this.timer = timer;
  }

  void start() {
    subscriptions.add(
        Flux.merge(
                connection.states().filter(this::isUp).map(_ -> Duration.ZERO),
                restarts.asFlux().map(_ -> RETRY_MIN))
            .onBackpressureLatest()
            .publishOn(scheduler, 1)
            .switchMap(this::run)
            .subscribe(_ -> {}, JetStreamSetup::ended));
    subscriptions.add(
        Flux.interval(CHECK_INTERVAL, timer)
            .filter(_ -> isReady && connection.isUp())
            .onBackpressureDrop()
            .concatMap(_ -> check(), 0)
            .subscribe(_ -> {}, JetStreamSetup::ended));
  }

  private static void ended(Throwable e) {
    log.error("JetStream is no longer checked: {}", e.toString(), e);
  }

  private boolean isUp(ConnectionState state) {
    if (state instanceof ConnectionState.Connecting) {
      isReady = false; // jnats closed the connection for good
    }
    return state instanceof ConnectionState.Up;
  }

  /** Runs the setup after a pause, and follows the buckets until cancelled. */
  private Flux<?> run(Duration pause) {
    return Mono.delay(pause, timer)
        .then(connection.ensureStreams())
        .thenMany(
            inputs
                .follow()
                .timeout(Mono.delay(READ_TIMEOUT, timer), _ -> Mono.never())
                .onErrorMap(TimeoutException.class, JetStreamSetup::timedOut)
                .publish(changes ->
                    Flux.merge(
                        changes,
                        changes
                            .next()
                            .onErrorResume(_ -> Mono.never()) // the first source fails as well
                            .doOnNext(_ -> succeeded())
                            .thenMany(followBaselines()))))
        .doOnError(this::failed)
        .retryWhen(Retry.backoff(Long.MAX_VALUE, RETRY_MIN).maxBackoff(RETRY_MAX).scheduler(timer));
  }

  private static NatsException timedOut(Throwable timeout) {
    return new NatsException("operators' input: no answer from NATS", "", timeout);
  }

  private Flux<Boolean> followBaselines() {
    return baselines
        .watch()
        .handle((each, sink) -> {
          if (shared.offer(each)) {
            sink.next(true);
          } else {
            sink.error(new NatsException("baselines: the engine's queue is full", ""));
          }
        });
  }

  private synchronized void succeeded() {
    isReady = true;
    healthy = true;
    problem = "";
    Sinks.EmitResult _ = ready.tryEmitNext(true);
  }

  /** Records a problem until the next success. */
  private void failed(Throwable e) {
    String text = e instanceof NatsException ? String.valueOf(e.getMessage()) : e.toString();
    synchronized (this) {
      healthy = false;
      if (!connection.isUp() || text.equals(problem)) { // a lost connection is reported elsewhere
        return;
      }
      problem = text;
    }
    log.error("{}", text);
  }

  /** Records a problem, and runs the setup again. */
  void restartAfter(Throwable e) {
    boolean restart;
    synchronized (this) {
      restart = healthy;
    }
    failed(e);
    if (restart) {
      restart();
    }
  }

  private void restart() {
    synchronized (restarts) {
      Sinks.EmitResult _ = restarts.tryEmitNext(true);
    }
  }

  private Mono<Void> check() {
    return connection
        .checkJetStream()
        .then(connection.ensureStreams())
        .flatMap(created -> {
          if (created) {
            log.warn("JetStream: streams or buckets were missing; created them again");
          }
          return created ? Mono.just(true) : inputs.isLost(); // maybe another controller created it
        })
        .doOnNext(restart -> {
          if (restart) {
            restart();
          }
        })
        .then()
        .onErrorResume(e -> {
          restartAfter(e);
          return Mono.empty();
        });
  }

  /** Emits after each successful run; without buffer. */
  Flux<Boolean> ready() {
    return ready.asFlux();
  }

  /** Whether the setup has succeeded on this connection or before it was lost. */
  boolean isReady() {
    return isReady;
  }

  /** What is wrong and what to do about it; empty if nothing is. */
  String problem() {
    return problem;
  }

  @Override
  public void close() {
    subscriptions.dispose();
  }
}
