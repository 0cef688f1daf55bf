package io.blkwarden.controller.http;

import io.blkwarden.controller.history.FleetHistory;
import io.blkwarden.controller.history.RecentDecisions;
import io.blkwarden.controller.snapshot.FleetSnapshot;
import io.blkwarden.model.HostId;
import java.util.Set;
import java.util.function.Function;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * The data of the dashboard.
 *
 * @param view latest hosts, leases and alerts
 * @param history the fleet's time series
 * @param recentDecisions the latest decisions
 * @param hostDetails gets a snapshot of hosts with their disks from the engine
 * @param search gets the first hosts and disks whose names contain a text from the engine
 * @param changes signals that {@code history} changed
 * @param scheduler runs the rendering
 */
public record DashboardData(
    FleetView view,
    FleetHistory history,
    RecentDecisions recentDecisions,
    Function<Set<HostId>, Mono<FleetSnapshot>> hostDetails,
    Function<String, Mono<FleetSnapshot>> search,
    ChangeSignal changes,
    Scheduler scheduler) {
  /** Most hosts, and most disks, that a search finds. */
  public static final int SEARCH_MAX = 50;
}
