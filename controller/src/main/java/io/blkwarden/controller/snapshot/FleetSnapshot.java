package io.blkwarden.controller.snapshot;

import io.blkwarden.model.HostId;
import io.blkwarden.model.message.OperatorReply;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What the engine knows at one moment, as far as it was asked for.
 *
 * @param at by the controller's clock
 * @param hosts the hosts asked for
 * @param disks the disks of those hosts whose disks were asked for; at most {@code
 *     MappingSnapshot.MAX_DISKS} each
 * @param throttles all leases, at most {@link #THROTTLES_MAX}
 * @param throttlesInAll how many there are
 * @param proposals what waits for a person, at most {@code OperatorReply.PROPOSALS_MAX}
 */
public record FleetSnapshot(
    Instant at,
    List<HostSnapshot> hosts,
    Map<HostId, List<DiskSnapshot>> disks,
    List<ThrottleSnapshot> throttles,
    int throttlesInAll,
    List<OperatorReply.Proposal> proposals) {
  /** Most leases that are shown. */
  public static final int THROTTLES_MAX = 1_000;

  public FleetSnapshot {
    hosts = List.copyOf(hosts);
    disks = Map.copyOf(disks);
    throttles = List.copyOf(throttles);
    proposals = List.copyOf(proposals);
  }
}
