package io.blkwarden.controller.app;

import io.blkwarden.controller.history.FleetHistory;
import io.blkwarden.controller.http.ChangeSignal;
import io.blkwarden.controller.snapshot.FleetSnapshot;
import io.blkwarden.model.HostId;
import java.time.Duration;
import java.util.Set;
import java.util.function.BiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Lets the engine show the fleet each {@link #ALL_SECONDS} s, so that there is a past to look at;
 * each second while somebody looks, and the whole fleet each other second then.
 *
 * <p>Asks anew only when the last answer is there: an engine that is busy is asked less.
 */
final class HistoryRecorder {
  private static final Logger log = LoggerFactory.getLogger(HistoryRecorder.class);
  private static final Duration EVERY = Duration.ofSeconds(1);
  private static final int ALL_SECONDS = 5;
  private static final int VIEWED_SECONDS = 2;

  private final FleetHistory history;
  private final ChangeSignal pulse;
  private final BiFunction<Boolean, Set<HostId>, Mono<FleetSnapshot>> engine;
  private final Scheduler thread;

  /** So that one fault is said once, not each second. */
  private boolean failing;

  HistoryRecorder(
      FleetHistory history,
      ChangeSignal pulse,
      BiFunction<Boolean, Set<HostId>, Mono<FleetSnapshot>> engine,
      Scheduler thread) {
    this.history = history;
    this.pulse = pulse;
    this.engine = engine;
    this.thread = thread;
  }

  /** The keeping, which never ends. */
  Flux<FleetSnapshot> kept() {
    return Flux.interval(EVERY, EVERY, thread)
        .onBackpressureDrop()
        .concatMap(second -> look(second + 1), 1);
  }

  private Mono<FleetSnapshot> look(long second) {
    boolean viewed = history.viewers() > 0;
    boolean all = second % ALL_SECONDS == 0 || (viewed && second % VIEWED_SECONDS == 0);
    if (!all && !viewed) {
      return Mono.empty();
    }
    return engine
        .apply(all, history.watched())
        .publishOn(thread)
        .doOnNext(snapshot -> {
          history.take(snapshot, all);
          pulse.signal();
          failing = false;
        })
        .onErrorResume(e -> {
          if (!failing) {
            log.warn("the dashboard is not kept up: {}", e.toString());
          }
          failing = true;
          return Mono.empty();
        });
  }
}
