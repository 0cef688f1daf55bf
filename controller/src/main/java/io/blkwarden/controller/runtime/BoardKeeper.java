package io.blkwarden.controller.runtime;

import io.blkwarden.controller.board.Board;
import io.blkwarden.controller.http.Pulse;
import io.blkwarden.controller.look.FleetLook;
import io.blkwarden.model.HostId;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.scheduler.Scheduler;

/**
 * Lets the brain show the fleet each {@link #ALL_SECONDS} s, so that there is a past to look at;
 * each second while somebody looks, and the whole fleet each other second then.
 *
 * <p>Asks anew only when the last answer is there: a brain that is busy is asked less.
 */
final class BoardKeeper implements Runnable {
  private static final Logger log = LoggerFactory.getLogger(BoardKeeper.class);
  private static final int ALL_SECONDS = 5;
  private static final int VIEWED_SECONDS = 2;

  private final Board board;
  private final Pulse pulse;
  private final BiFunction<Boolean, Set<HostId>, CompletableFuture<FleetLook>> brain;
  private final Scheduler thread;
  private CompletableFuture<?> asked = CompletableFuture.completedFuture(null);
  private long seconds;

  /** So that one fault is said once, not each second. */
  private volatile boolean failing;

  BoardKeeper(
      Board board,
      Pulse pulse,
      BiFunction<Boolean, Set<HostId>, CompletableFuture<FleetLook>> brain,
      Scheduler thread) {
    this.board = board;
    this.pulse = pulse;
    this.brain = brain;
    this.thread = thread;
  }

  void start() {
    thread.schedulePeriodically(this, 1, 1, TimeUnit.SECONDS);
  }

  @Override
  public void run() {
    seconds++;
    if (!asked.isDone()) {
      return;
    }
    boolean viewed = board.viewers() > 0;
    boolean all = seconds % ALL_SECONDS == 0 || (viewed && seconds % VIEWED_SECONDS == 0);
    if (all || viewed) {
      asked =
          brain
              .apply(all, board.watched())
              .thenAcceptAsync(
                  look -> {
                    board.take(look, all);
                    pulse.beat();
                  },
                  thread::schedule)
              .whenComplete((_, fault) -> {
                if (fault != null && !failing) {
                  log.warn("the dashboard is not kept up: {}", fault.toString());
                }
                failing = fault != null;
              });
    }
  }
}
