package io.blkwarden.controller.snapshot;

import io.blkwarden.model.HostId;
import io.blkwarden.model.message.OperatorReply;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.annotation.JsonSerialize;

/**
 * The requested part of the engine's state at one moment: the source of metrics, HTTP and
 * dashboard.
 *
 * <p>Made on the engine's thread, which does nothing else meanwhile, so it is partial: a row of
 * each requested host, disks of the requested hosts only, and one pass over all disks only if the
 * busiest ones are requested. It copies numbers and refers to immutable records; its users sort,
 * round, limit and format it on their own threads.
 *
 * @param at by the controller's clock
 * @param hosts the requested hosts
 * @param disks requested disks by host; at most {@code MappingSnapshot.MAX_DISKS} each
 * @param busiest the requested number of disks, by their share of device time
 * @param breaches disks of {@code hosts} over the threshold of each policy, by policy name
 * @param throttles the oldest leases, at most {@link #THROTTLES_MAX}
 * @param throttlesInAll number of all leases
 * @param throttlesInForce number of the leases that agents have set
 * @param proposals open proposals, at most {@code OperatorReply.PROPOSALS_MAX}
 * @param noisiest disks with the highest scores, at most {@link #NOISIEST_MAX}; empty unless all
 *     hosts were requested
 */
public record FleetSnapshot(
    Instant at,
    List<HostSnapshot> hosts,
    Map<HostId, List<DiskSnapshot>> disks,
    List<BusyDisk> busiest,
    Map<String, Integer> breaches,
    List<ThrottleSnapshot> throttles,
    int throttlesInAll,
    int throttlesInForce,
    List<OperatorReply.Proposal> proposals,
    List<NoisyDisk> noisiest) {
  /** Most leases in a snapshot. */
  public static final int THROTTLES_MAX = 1_000;

  /** Most disks in {@link #noisiest}. */
  public static final int NOISIEST_MAX = 10;

  /** Only hosts and disks. */
  public static FleetSnapshot of(
      Instant at, List<HostSnapshot> hosts, Map<HostId, List<DiskSnapshot>> disks) {
    return new FleetSnapshot(
        at, hosts, disks, List.of(), Map.of(), List.of(), 0, 0, List.of(), List.of());
  }

  /**
   * A disk and its part in the latency score of its device.
   *
   * @param host its host
   * @param disk the disk
   * @param scoreMs its share of the device's time × utilisation × mean time of an I/O, in ms
   */
  public record NoisyDisk(
      HostId host, DiskSnapshot disk, @JsonSerialize(using = KnownNumbers.class) Double scoreMs) {}

  /**
   * The parts to read.
   *
   * @param allHosts whether all hosts are requested, instead of {@code hosts} only
   * @param hosts hosts that are requested with their disks
   * @param busiest how many of the busiest disks are requested; {@link Integer#MAX_VALUE} for all,
   *     idle and unknown ones too
   */
  public record Parts(boolean allHosts, Set<HostId> hosts, int busiest) {
    /** All hosts, and some of the busiest disks. */
    public static Parts busiest(int busiest) {
      return new Parts(true, Set.of(), busiest);
    }
  }

  /** A disk and its host. */
  public record BusyDisk(HostId host, DiskSnapshot disk) {}
}
