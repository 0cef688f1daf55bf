package io.blkwarden.controller.runtime;

import io.blkwarden.controller.board.Board;
import io.blkwarden.controller.http.Pulse;
import io.blkwarden.controller.look.FleetLook;
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
final class BoardKeeper {
  private static final Logger log = LoggerFactory.getLogger(BoardKeeper.class);
  private static final Duration EVERY = Duration.ofSeconds(1);
  private static final int ALL_SECONDS = 5;
  private static final int VIEWED_SECONDS = 2;

  private final Board board;
  private final Pulse pulse;
  private final BiFunction<Boolean, Set<HostId>, Mono<FleetLook>> engine;
  private final Scheduler thread;

  /** So that one fault is said once, not each second. */
  private boolean failing;

  BoardKeeper(
      Board board,
      Pulse pulse,
      BiFunction<Boolean, Set<HostId>, Mono<FleetLook>> engine,
      Scheduler thread) {
    this.board = board;
    this.pulse = pulse;
    this.engine = engine;
    this.thread = thread;
  }

  /** The keeping, which never ends. */
  Flux<FleetLook> kept() {
    return Flux.interval(EVERY, EVERY, thread)
        .onBackpressureDrop()
        .concatMap(second -> look(second + 1), 1);
  }

  private Mono<FleetLook> look(long second) {
    boolean viewed = board.viewers() > 0;
    boolean all = second % ALL_SECONDS == 0 || (viewed && second % VIEWED_SECONDS == 0);
    if (!all && !viewed) {
      return Mono.empty();
    }
    return engine
        .apply(all, board.watched())
        .publishOn(thread)
        .doOnNext(look -> {
          board.take(look, all);
          pulse.beat();
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
