package io.blkwarden.agent.app;

import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.message.Heartbeat;
import io.blkwarden.model.sample.SampleColumn;
import java.util.List;
import java.util.Map;

/**
 * What an agent knows at one moment, for metrics.
 *
 * @param beat what its heartbeat would say
 * @param connected whether it has a connection to NATS
 * @param resolved disks whose workers are known
 * @param unresolved disks whose workers are not
 * @param disks counters of each disk since the host started, where they were asked for and read
 */
public record AgentSnapshot(
    Heartbeat beat, boolean connected, int resolved, int unresolved, List<DiskReading> disks) {
  public AgentSnapshot {
    disks = List.copyOf(disks);
  }

  /**
   * A disk.
   *
   * @param disk which
   * @param counters cumulative ones, by column
   */
  public record DiskReading(MappedDisk disk, Map<SampleColumn, Long> counters) {
    public DiskReading {
      counters = Map.copyOf(counters);
    }
  }
}
