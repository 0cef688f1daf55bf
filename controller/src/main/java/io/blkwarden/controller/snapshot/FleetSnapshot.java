package io.blkwarden.controller.snapshot;

import io.blkwarden.model.HostId;
import io.blkwarden.model.message.OperatorReply;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * The requested part of the state of the fleet at one moment.
 *
 * @param at by the controller's clock
 * @param hosts the requested hosts
 * @param disks requested disks by host; at most {@code MappingSnapshot.MAX_DISKS} each
 * @param throttles all leases, at most {@link #THROTTLES_MAX}
 * @param throttlesInAll number of all leases
 * @param proposals open proposals, at most {@code OperatorReply.PROPOSALS_MAX}
 */
public record FleetSnapshot(
    Instant at,
    List<HostSnapshot> hosts,
    Map<HostId, List<DiskSnapshot>> disks,
    List<ThrottleSnapshot> throttles,
    int throttlesInAll,
    List<OperatorReply.Proposal> proposals) {
  /** Most leases in a snapshot. */
  public static final int THROTTLES_MAX = 1_000;

  public FleetSnapshot {
    hosts = List.copyOf(hosts);
    disks = Map.copyOf(disks);
    throttles = List.copyOf(throttles);
    proposals = List.copyOf(proposals);
  }
}
