package io.blkwarden.agent.app;

import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MappingState;
import io.blkwarden.model.message.CounterBase;
import io.blkwarden.model.message.Heartbeat;
import io.blkwarden.model.sample.SampleColumn;
import io.blkwarden.model.sample.SampleFrame;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The state of an agent at one moment, for metrics and the service manager.
 *
 * @param beat the content of a heartbeat
 * @param connected whether it is connected to NATS
 * @param resolved number of disks with proven workers
 * @param unresolved number of disks without
 * @param disks counters of disks since the host started, if requested
 */
public record AgentSnapshot(
    Heartbeat beat, boolean connected, int resolved, int unresolved, List<DiskReading> disks) {
  public AgentSnapshot {
    disks = List.copyOf(disks);
  }

  /**
   * The counters of a disk.
   *
   * @param disk the disk
   * @param counters cumulative counters by column
   */
  public record DiskReading(MappedDisk disk, Map<SampleColumn, Long> counters) {
    public DiskReading {
      counters = Map.copyOf(counters);
    }

    /**
     * The counters of each disk that could be read: base plus increments.
     *
     * @param disks the disks of the snapshot with this base
     * @param frame the last batch; ignored if it has another base
     */
    static List<DiskReading> of(List<MappedDisk> disks, CounterBase base, SampleFrame frame) {
      boolean current = frame.baseId() == base.id() && frame.disks().rows() == disks.size();
      List<DiskReading> readings = new ArrayList<>();
      for (int row = 0; row < disks.size(); row++) {
        List<Long> from = base.disks().get(row);
        boolean read = !from.isEmpty() && (!current || frame.disks().present(row));
        if (read && disks.get(row).state() != MappingState.GONE) {
          Map<SampleColumn, Long> counters = new EnumMap<>(SampleColumn.class);
          for (SampleColumn column : SampleColumn.all()) {
            boolean known = !column.unknownIn(from.get(SampleColumn.UNKNOWN_COLUMNS.id()));
            if (column.cumulative() && known && column != SampleColumn.SHARED_IO_MS) {
              long increment = current ? frame.disks().get(column, row) : 0;
              counters.put(column, from.get(column.id()) + increment);
            }
          }
          readings.add(new DiskReading(disks.get(row), counters));
        }
      }
      return readings;
    }
  }
}
