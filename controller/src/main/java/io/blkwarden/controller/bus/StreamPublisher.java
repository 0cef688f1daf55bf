package io.blkwarden.controller.bus;

import io.blkwarden.controller.bus.PublishQueue.Entry;
import io.blkwarden.controller.snapshot.ControllerCounters;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.util.retry.Retry;

/**
 * Publishes messages to a JetStream stream, in order, until each is acknowledged.
 *
 * <p>The oldest messages, up to {@link #IN_FLIGHT_MAX}, are sent without waiting for each other.
 * When all of these are answered, those that were not acknowledged are sent again before any later
 * message, with exponential backoff and jitter from {@link #FIRST_PAUSE} to {@link #LONGEST_PAUSE},
 * or as soon as NATS is back. So after a lost connection a message can be stored before up to
 * IN_FLIGHT_MAX - 1 earlier ones; messages with the same key are never in flight together and keep
 * their order.
 *
 * @param <T> a message
 */
final class StreamPublisher<T> {
  /** Most messages in flight. */
  static final int IN_FLIGHT_MAX = 256;

  /** The first pause after a failure, before jitter. */
  static final Duration FIRST_PAUSE = Duration.ofMillis(100);

  /** The longest pause after a failure, before jitter. */
  static final Duration LONGEST_PAUSE = Duration.ofMillis(3_200);

  private static final Logger log = LoggerFactory.getLogger(StreamPublisher.class);

  /** What happens to messages now. */
  enum Gate {
    PUBLISH,
    /** They stay queued; tried again later. */
    WAIT,
    /** Another controller publishes them: the queue is emptied. */
    DISCARD
  }

  /**
   * A kind of message.
   *
   * @param plural name for logs
   * @param store completes once stored; fails with an {@link IllegalArgumentException} if the
   *     message can never be stored
   * @param describe describes why a message was not stored
   * @param text of a message that is lost, for the log
   */
  record Kind<T>(
      String plural,
      Function<Entry<T>, Mono<Void>> store,
      Function<Throwable, String> describe,
      Function<T, String> text) {}

  /** The result for one message; without a fault it is stored. */
  private record Result<T>(Entry<T> entry, @Nullable Throwable fault) {
    /** Whether it is stored or can never be stored. */
    boolean done() {
      return fault == null || fault instanceof IllegalArgumentException;
    }
  }

  private final Kind<T> kind;
  private final PublishQueue<T> queue;
  private final Supplier<Gate> gate;
  private final ControllerCounters.Published counters;
  private final Flux<?> reconnected;
  private final Scheduler scheduler;
  private final RandomGenerator random;
  private volatile String lastFault = "";

  /**
   * Creates a publisher.
   *
   * @param reconnected emits when NATS is back, which ends a pause
   * @param scheduler one thread that may block briefly, for publishing and pauses
   */
  StreamPublisher(
      Kind<T> kind,
      PublishQueue<T> queue,
      Supplier<Gate> gate,
      ControllerCounters.Published counters,
      Flux<?> reconnected,
      Scheduler scheduler,
      RandomGenerator random) {
    this.kind = kind;
    this.queue = queue;
    this.gate = gate;
    this.counters = counters;
    this.reconnected = reconnected;
    this.scheduler = scheduler;
    this.random = random;
  }

  /**
   * Publishes messages; completes when {@code messages} has completed and the queue is empty. If it
   * fails, the queue is published first. Cancelling stops at once and keeps the queue.
   */
  Mono<Void> publish(Flux<T> messages) {
    return messages
        .doOnNext(this::add)
        .onBackpressureLatest()
        .concatMapDelayError(_ -> drain(), true, 1)
        .then()
        .onErrorResume(e -> drain().then(Mono.error(e)));
  }

  private void add(T message) {
    switch (queue.add(message)) {
      case QUEUED -> {}
      case FOLDED -> counters.folded().increment();
      case REFUSED -> lost(message, "queue full, %d waiting for NATS".formatted(queue.size()));
    }
  }

  private void lost(T message, String why) {
    counters.lost().increment();
    log.error("{}: not published ({}): {}", kind.plural(), why, kind.text().apply(message));
  }

  /** Completes when the queue is empty. */
  private Mono<Void> drain() {
    return Mono.defer(this::publishOldest)
        .subscribeOn(scheduler)
        .repeat(() -> queue.size() > 0)
        .retryWhen(
            Retry.from(
                failures -> failures.concatMap(failure -> pause(failure.totalRetriesInARow()))))
        .then();
  }

  private Mono<Long> pause(long failures) {
    long bound =
        Math.min(LONGEST_PAUSE.toMillis(), FIRST_PAUSE.toMillis() << Math.min(failures, 9));
    long millis = bound / 2 + random.nextLong(bound);
    return Mono.firstWithSignal(
        Mono.delay(Duration.ofMillis(millis), scheduler), reconnected.next().map(_ -> 0L));
  }

  /** Publishes the oldest messages; fails if some of them must be published again. */
  private Mono<Integer> publishOldest() {
    List<Entry<T>> batch = queue.oldest(IN_FLIGHT_MAX);
    if (batch.isEmpty()) {
      return Mono.just(0);
    }
    return switch (gate.get()) {
      case WAIT -> Mono.error(new IllegalStateException("not stored yet"));
      case DISCARD -> {
        queue.remove(batch.stream().map(Entry::number).toList());
        counters.discarded().add(batch.size());
        yield Mono.just(batch.size());
      }
      case PUBLISH ->
          Flux.fromIterable(batch)
              .flatMap(this::store, IN_FLIGHT_MAX)
              .collectList()
              .publishOn(scheduler)
              .map(this::handle);
    };
  }

  private Mono<Result<T>> store(Entry<T> entry) {
    return kind.store()
        .apply(entry)
        .thenReturn(new Result<>(entry, null))
        .onErrorResume(e -> Mono.just(new Result<>(entry, e)));
  }

  private Integer handle(List<Result<T>> results) {
    String fault = "";
    for (Result<T> each : results) {
      Throwable failure = each.fault();
      if (failure == null) {
        counters.published().increment();
      } else if (each.done()) {
        lost(each.entry().message(), String.valueOf(failure.getMessage()));
      } else {
        counters.retried().increment();
        fault = fault.isEmpty() ? kind.describe().apply(failure) : fault;
      }
    }
    queue.remove(results.stream().filter(Result::done).map(each -> each.entry().number()).toList());
    boolean isNew = !fault.equals(lastFault);
    lastFault = fault;
    if (isNew && !fault.isEmpty()) {
      log.warn("{}", problem());
    }
    if (!fault.isEmpty()) {
      throw new IllegalStateException("not stored yet");
    }
    return results.size();
  }

  /** The messages in the queue, in order. */
  List<T> pending() {
    return queue.all();
  }

  /** How many messages are in the queue. */
  int waiting() {
    return queue.size();
  }

  /** How many messages are not stored, and why; empty while publishing works. */
  String problem() {
    String fault = lastFault;
    return fault.isEmpty()
        ? ""
        : "%d %s not stored by NATS yet, retrying: %s"
            .formatted(queue.size(), kind.plural(), fault);
  }
}
