package io.blkwarden.controller.http;

import io.blkwarden.controller.board.Board;
import io.blkwarden.controller.board.Decided;
import io.blkwarden.controller.look.FleetLook;
import io.blkwarden.model.HostId;
import java.util.Set;
import java.util.function.Function;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * What there is to look at.
 *
 * @param view hosts, leases and alerts as they were told of last
 * @param board the fleet's numbers over time
 * @param decided what was decided
 * @param near lets the engine show hosts with their disks, some time
 * @param pulse says when the board is new
 * @param thread where what is shown is made
 */
public record Shown(
    FleetView view,
    Board board,
    Decided decided,
    Function<Set<HostId>, Mono<FleetLook>> near,
    Pulse pulse,
    Scheduler thread) {}
