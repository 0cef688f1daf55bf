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
 * What there is to look at.
 *
 * @param view hosts, leases and alerts as they were told of last
 * @param history the fleet's numbers over time
 * @param recentDecisions what was decided
 * @param hostDetails lets the engine show hosts with their disks, some time
 * @param changes says when the board is new
 * @param scheduler where what is shown is made
 */
public record DashboardData(
    FleetView view,
    FleetHistory history,
    RecentDecisions recentDecisions,
    Function<Set<HostId>, Mono<FleetSnapshot>> hostDetails,
    ChangeSignal changes,
    Scheduler scheduler) {}
