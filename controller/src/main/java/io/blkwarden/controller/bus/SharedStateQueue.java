package io.blkwarden.controller.bus;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;

/**
 * A bounded queue that brings changes of the shared state from several threads into one order.
 *
 * <p>It holds at most {@link #MAX_SIZE} changes. When it is full, {@link #offer} returns false and
 * the caller reads the state again later. A thread of its own delivers the changes, so that a slow
 * subscriber delays no caller.
 */
final class SharedStateQueue {
  static final int MAX_SIZE = 8_192;

  private record Item(FleetBus.SharedState state, long revision) {}

  private final Queue<Item> queue = new ArrayBlockingQueue<>(MAX_SIZE);
  private final Sinks.Many<Item> items = Sinks.many().unicast().onBackpressureBuffer(queue);
  private final Sinks.Many<Long> delivered = Sinks.many().replay().latest();
  private final Scheduler scheduler;
  private final Flux<FleetBus.SharedState> states;

  /**
   * Creates an empty queue.
   *
   * @param scheduler one thread, that of the subscriber
   */
  SharedStateQueue(Scheduler scheduler) {
    this.scheduler = scheduler;
    setDelivered(0);
    this.states =
        items
            .asFlux()
            .publishOn(scheduler, 1)
            .concatMap(
                each ->
                    Flux.just(each.state())
                        .concatWith(Mono.fromRunnable(() -> setDelivered(each.revision()))),
                1);
  }

  /** The changes, in order, for one subscriber. */
  Flux<FleetBus.SharedState> states() {
    return states;
  }

  /** Adds a change; false if the queue is full. Never blocks. */
  boolean offer(FleetBus.SharedState state) {
    return offer(state, -1);
  }

  /**
   * Adds operators' input.
   *
   * @param revision of the bucket
   */
  synchronized boolean offer(FleetBus.SharedState state, long revision) {
    return items.tryEmitNext(new Item(state, revision)) == Sinks.EmitResult.OK;
  }

  /** Resets the delivered revision, because the bucket is read from the start. */
  void resetRevision() {
    setDelivered(0);
  }

  private void setDelivered(long revision) {
    if (revision >= 0) {
      synchronized (delivered) { // not the lock of offer: subscribers of a revision run under it
        delivered.emitNext(revision, Sinks.EmitFailureHandler.FAIL_FAST);
      }
    }
  }

  /** Completes once the subscriber has received this revision of the bucket or a later one. */
  Mono<Void> awaitRevision(long revision, Duration timeout) {
    return delivered
        .asFlux()
        .filter(last -> last >= revision)
        .next()
        .timeout(timeout, scheduler)
        .then();
  }
}
