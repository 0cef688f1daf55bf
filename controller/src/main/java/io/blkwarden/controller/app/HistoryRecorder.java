package io.blkwarden.controller.app;

import io.blkwarden.controller.history.FleetHistory;
import io.blkwarden.controller.http.ChangeSignal;
import io.blkwarden.controller.snapshot.FleetSnapshot;
import java.time.Duration;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Records snapshots of the fleet for the dashboard's history: the whole fleet every {@link
 * #ALL_SECONDS} s; while someone views the dashboard, the viewed hosts every second and the whole
 * fleet every {@link #VIEWED_SECONDS} s.
 *
 * <p>One query at a time, so a busy engine is queried less often.
 */
final class HistoryRecorder {
  private static final Logger log = LoggerFactory.getLogger(HistoryRecorder.class);
  private static final Duration INTERVAL = Duration.ofSeconds(1);
  private static final int ALL_SECONDS = 5;
  private static final int VIEWED_SECONDS = 2;

  private final FleetHistory history;
  private final ChangeSignal changes;
  private final Function<FleetSnapshot.Parts, Mono<FleetSnapshot>> engine;
  private final Scheduler thread;

  /** Whether the last query failed, so that a failure is logged once. */
  private boolean failing;

  HistoryRecorder(
      FleetHistory history,
      ChangeSignal changes,
      Function<FleetSnapshot.Parts, Mono<FleetSnapshot>> engine,
      Scheduler thread) {
    this.history = history;
    this.changes = changes;
    this.engine = engine;
    this.thread = thread;
  }

  /** The recorded snapshots; never ends. */
  Flux<FleetSnapshot> snapshots() {
    return Flux.interval(INTERVAL, INTERVAL, thread)
        .onBackpressureDrop()
        .concatMap(second -> snapshot(second + 1), 1);
  }

  private Mono<FleetSnapshot> snapshot(long second) {
    boolean viewed = history.viewers() > 0;
    boolean all = second % ALL_SECONDS == 0 || (viewed && second % VIEWED_SECONDS == 0);
    if (!all && !viewed) {
      return Mono.empty();
    }
    return engine
        .apply(new FleetSnapshot.Parts(all, history.watched(), 0))
        .publishOn(thread)
        .doOnNext(snapshot -> {
          history.take(snapshot, all);
          changes.signal();
          failing = false;
        })
        .onErrorResume(e -> {
          if (!failing) {
            log.warn("dashboard: history not recorded: {}", e.toString());
          }
          failing = true;
          return Mono.empty();
        });
  }
}
