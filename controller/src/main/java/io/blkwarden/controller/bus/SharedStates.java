package io.blkwarden.controller.bus;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;

/**
 * The one order in which all shared state is passed on, from whichever thread it comes.
 *
 * <p>At most {@link #WAITING} wait for the subscriber; at that bound {@link #tell} refuses, and the
 * caller reads the state again later. A thread of its own delivers them, so that a slow subscriber
 * delays no caller.
 */
final class SharedStates {
  /** Most states that wait. */
  static final int WAITING = 8_192;

  private record Told(SharedState state, long revision) {}

  private final Queue<Told> waiting = new ArrayBlockingQueue<>(WAITING);
  private final Sinks.Many<Told> told = Sinks.many().unicast().onBackpressureBuffer(waiting);
  private final Sinks.Many<Long> reached = Sinks.many().replay().latest();
  private final Scheduler scheduler;
  private final Flux<SharedState> flow;

  /**
   * Nothing is told yet.
   *
   * @param scheduler one thread, that of the subscriber
   */
  SharedStates(Scheduler scheduler) {
    this.scheduler = scheduler;
    reach(0);
    this.flow =
        told.asFlux()
            .publishOn(scheduler, 1)
            .concatMap(
                each ->
                    Flux.just(each.state())
                        .concatWith(Mono.fromRunnable(() -> reach(each.revision()))),
                1);
  }

  /** The states, in the order in which they were told; for one subscriber. */
  Flux<SharedState> flow() {
    return flow;
  }

  /** Tells a state; whether there was room for it. Never waits. */
  boolean tell(SharedState state) {
    return tell(state, -1);
  }

  /**
   * The same for operators' input.
   *
   * @param revision of the bucket that it is of
   */
  synchronized boolean tell(SharedState state, long revision) {
    return told.tryEmitNext(new Told(state, revision)) == Sinks.EmitResult.OK;
  }

  /** Forgets which revision was passed on last, as when the bucket is made anew. */
  void restart() {
    reach(0);
  }

  private void reach(long revision) {
    if (revision >= 0) {
      synchronized (reached) { // not that of tell: who waits for a revision goes on under it
        reached.emitNext(revision, Sinks.EmitFailureHandler.FAIL_FAST);
      }
    }
  }

  /** Completes once the subscriber has what the bucket held at this change of it. */
  Mono<Void> reaches(long revision, Duration within) {
    return reached
        .asFlux()
        .filter(last -> last >= revision)
        .next()
        .timeout(within, scheduler)
        .then();
  }
}
