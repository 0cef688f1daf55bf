package io.blkwarden.agent.app;

import io.blkwarden.agent.app.AgentSnapshot.DiskReading;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MappingState;
import io.blkwarden.model.message.CounterBase;
import io.blkwarden.model.sample.SampleColumn;
import io.blkwarden.model.sample.SampleFrame;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Puts a base and what was counted since together again; nothing for a disk that was not read. */
final class DiskReadings {
  private DiskReadings() {}

  /**
   * The counters of each disk.
   *
   * @param disks those of the snapshot that the base belongs to
   * @param frame the last batch; a batch of another base says nothing
   */
  static List<DiskReading> of(List<MappedDisk> disks, CounterBase base, SampleFrame frame) {
    boolean counts = frame.baseId() == base.id() && frame.disks().rows() == disks.size();
    List<DiskReading> readings = new ArrayList<>();
    for (int row = 0; row < disks.size(); row++) {
      List<Long> from = base.disks().get(row);
      boolean read = !from.isEmpty() && (!counts || frame.disks().present(row));
      if (read && disks.get(row).state() != MappingState.GONE) {
        Map<SampleColumn, Long> counters = new EnumMap<>(SampleColumn.class);
        for (SampleColumn column : SampleColumn.all()) {
          boolean known = !column.unknownIn(from.get(SampleColumn.UNKNOWN_COLUMNS.id()));
          if (column.cumulative() && known && column != SampleColumn.SHARED_IO_MS) {
            long since = counts ? frame.disks().get(column, row) : 0;
            counters.put(column, from.get(column.id()) + since);
          }
        }
        readings.add(new DiskReading(disks.get(row), counters));
      }
    }
    return readings;
  }
}
