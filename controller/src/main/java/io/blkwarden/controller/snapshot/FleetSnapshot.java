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
 * @param noisiest disks with the highest scores, at most {@link #NOISIEST_MAX}; empty unless all
 *     hosts were requested
 */
public record FleetSnapshot(
    Instant at,
    List<HostSnapshot> hosts,
    Map<HostId, List<DiskSnapshot>> disks,
    List<ThrottleSnapshot> throttles,
    int throttlesInAll,
    List<OperatorReply.Proposal> proposals,
    List<NoisyDisk> noisiest) {
  /** Most leases in a snapshot. */
  public static final int THROTTLES_MAX = 1_000;

  /** Most disks in {@link #noisiest}. */
  public static final int NOISIEST_MAX = 10;

  /**
   * A disk and its part in the latency score of its device.
   *
   * @param host its host
   * @param disk the disk
   * @param scoreMs its share of the device's time × utilisation × mean time of an I/O, in ms
   */
  public record NoisyDisk(HostId host, DiskSnapshot disk, double scoreMs) {}

  public FleetSnapshot {
    hosts = List.copyOf(hosts);
    disks = Map.copyOf(disks);
    throttles = List.copyOf(throttles);
    proposals = List.copyOf(proposals);
    noisiest = List.copyOf(noisiest);
  }
}
