package io.blkwarden.controller.bus;

import io.blkwarden.controller.bus.StoreQueue.Entry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.util.retry.Retry;

/**
 * Stores messages in a stream, in order, until each is acknowledged.
 *
 * <p>At most {@link #UNDER_WAY} are under way: the oldest that wait, sent in order without waiting
 * for each other. When all of these have been answered, what was not acknowledged is sent again, in
 * order from the first one, before any later message; between attempts it waits {@link
 * #FIRST_PAUSE}, twice as long each time, up to {@link #LONGEST_PAUSE}, at random around that, or
 * until NATS is back. So when a connection breaks, a message can be stored before at most UNDER_WAY
 * - 1 earlier ones; those about the same are never under way together and keep their order.
 *
 * @param <T> a message
 */
final class StoreFlow<T> {
  /** Most messages that are published and not answered. */
  static final int UNDER_WAY = 256;

  /** The first pause after a failure, about. */
  static final Duration FIRST_PAUSE = Duration.ofMillis(100);

  /** The longest pause after a failure, about. */
  static final Duration LONGEST_PAUSE = Duration.ofMillis(3_200);

  private static final Logger log = LoggerFactory.getLogger(StoreFlow.class);

  /** Whether messages may be published now. */
  enum Fence {
    /** They may. */
    OPEN,
    /** Not now: it is tried again. */
    WAIT,
    /** They are another controller's to publish: those that wait are dropped. */
    LEAVE
  }

  /** How a message is stored. */
  interface Publisher<T> {
    /**
     * Completes once it is stored; fails with an {@link IllegalArgumentException} if it never can
     * be.
     */
    Mono<Void> publish(Entry<T> entry);

    /** Why a message was not stored, in words. */
    String fault(Throwable failed);

    /** Logs a message that never can be stored. */
    void never(T message, String why);
  }

  /** What is counted. */
  record Counters(LongAdder published, LongAdder retried, LongAdder lost, LongAdder left) {}

  private static final class NotStored extends RuntimeException {
    private static final long serialVersionUID = 1;

    NotStored() {
      super("not stored yet", null, false, false);
    }
  }

  private record Answer(long number, boolean over, boolean stored, String fault) {}

  private final String what;
  private final StoreQueue<T> queue;
  private final Publisher<T> publisher;
  private final Supplier<Fence> fence;
  private final Counters counters;
  private final Flux<?> nudges;
  private final Scheduler scheduler;
  private final RandomGenerator random;
  private volatile String lastFault = "";

  /**
   * A flow.
   *
   * @param what is stored, for the log
   * @param queue what waits
   * @param nudges that NATS is back
   * @param scheduler one thread that may wait a little, for publishing and pauses
   */
  StoreFlow(
      String what,
      StoreQueue<T> queue,
      Publisher<T> publisher,
      Supplier<Fence> fence,
      Counters counters,
      Flux<?> nudges,
      Scheduler scheduler,
      RandomGenerator random) {
    this.what = what;
    this.queue = queue;
    this.publisher = publisher;
    this.fence = fence;
    this.counters = counters;
    this.nudges = nudges;
    this.scheduler = scheduler;
    this.random = random;
  }

  /**
   * Stores what wakes it: completes when {@code added} has completed and nothing waits; when it
   * fails, what waits is stored first. Cancelling it stops at once and leaves the queue as it is.
   *
   * @param added an element after each message that was added to the queue
   */
  Mono<Void> run(Flux<?> added) {
    return added
        .onBackpressureLatest()
        .concatMapDelayError(_ -> drain(), true, 1)
        .then()
        .onErrorResume(e -> drain().then(Mono.error(e)));
  }

  /** Completes when nothing waits. */
  private Mono<Void> drain() {
    return Mono.defer(this::round)
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
        Mono.delay(Duration.ofMillis(millis), scheduler), nudges.next().map(_ -> 0L));
  }

  /** Publishes the oldest; fails when some of these are to be published again. */
  private Mono<Integer> round() {
    List<Entry<T>> batch = queue.oldest(UNDER_WAY);
    if (batch.isEmpty()) {
      return Mono.just(0);
    }
    return switch (fence.get()) {
      case WAIT -> Mono.error(new NotStored());
      case LEAVE -> {
        queue.remove(batch.stream().map(Entry::number).toList());
        counters.left.add(batch.size());
        yield Mono.just(batch.size());
      }
      case OPEN ->
          Flux.fromIterable(batch)
              .flatMap(this::publish, UNDER_WAY)
              .collectList()
              .publishOn(scheduler)
              .map(this::settle);
    };
  }

  private Mono<Answer> publish(Entry<T> entry) {
    return publisher
        .publish(entry)
        .thenReturn(new Answer(entry.number(), true, true, ""))
        .onErrorResume(
            IllegalArgumentException.class,
            never -> {
              publisher.never(entry.message(), String.valueOf(never.getMessage()));
              return Mono.just(new Answer(entry.number(), true, false, ""));
            })
        .onErrorResume(
            e -> Mono.just(new Answer(entry.number(), false, false, publisher.fault(e))));
  }

  private Integer settle(List<Answer> answers) {
    List<Long> over = answers.stream().filter(Answer::over).map(Answer::number).toList();
    long stored = answers.stream().filter(Answer::stored).count();
    queue.remove(over);
    counters.published.add(stored);
    counters.lost.add(over.size() - stored);
    counters.retried.add(answers.size() - over.size());
    String fault =
        answers.stream().filter(each -> !each.over()).map(Answer::fault).findFirst().orElse("");
    boolean fresh = !fault.equals(lastFault);
    lastFault = fault;
    if (fault.isEmpty()) {
      return answers.size();
    }
    if (fresh) {
      log.warn("{}", problem());
    }
    throw new NotStored();
  }

  /** How many messages are not stored, and why; empty while publishing works. */
  String problem() {
    String fault = lastFault;
    return fault.isEmpty()
        ? ""
        : "%d %s not stored by NATS yet, retrying: %s".formatted(queue.size(), what, fault);
  }
}
