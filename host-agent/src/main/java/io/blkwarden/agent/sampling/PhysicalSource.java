package io.blkwarden.agent.sampling;

import static io.blkwarden.agent.sampling.CounterSource.put;

import io.blkwarden.agent.kernel.DiskStat;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.model.PhysicalDevice;
import io.blkwarden.model.sample.SampleColumn;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The counters of a physical device: its own, or those of its NVMe paths, summed since the first
 * reading, if the kernel counts only the paths.
 *
 * <p>Busy times of paths overlap, so the busiest path's time is used, a lower bound.
 */
final class PhysicalSource implements CounterSource {
  private static final List<SampleColumn> SUMMED =
      SampleColumn.all().stream()
          .filter(column -> column.cumulative() && column != SampleColumn.IO_MS)
          .toList();

  /** Number of readings after which the paths are listed again. */
  private static final int READINGS_OF_NAMES = 30;

  private final PhysicalDevice device;
  private final String stat;
  private final long[] sums = new long[SampleColumn.all().size()];
  private final Map<String, long[]> before = new HashMap<>();
  private List<String> paths = List.of();
  private int readingsOfPaths;

  PhysicalSource(PhysicalDevice device) {
    this.device = device;
    this.stat = "sys/block/" + device.name() + "/stat";
  }

  @Override
  public Optional<String> read(DeviceCounters counters, long[] into) {
    ReadResult<DiskStat> reading = counters.of(device.device(), stat);
    if (!(reading instanceof ReadResult.Present<DiskStat>(DiskStat counted))) {
      return Optional.of(reading.describe());
    }
    if (!counted.everCounted() && readPaths(counters, into)) {
      return Optional.empty();
    }
    CounterSource.fill(counted, into);
    return Optional.empty();
  }

  /** Reads the paths; false if there are none. */
  private boolean readPaths(DeviceCounters counters, long[] into) {
    if (readingsOfPaths++ % READINGS_OF_NAMES == 0) {
      paths = counters.pathsOf(device.name());
    }
    long inFlight = 0;
    long unknown = 0;
    long busiest = 0;
    Set<String> seen = new HashSet<>();
    for (String name : paths) {
      if (counters.ofPath(name) instanceof ReadResult.Present<DiskStat>(DiskStat path)) {
        long[] now = new long[sums.length];
        CounterSource.fill(path, now);
        busiest = Math.max(busiest, add(name, now));
        inFlight += now[SampleColumn.IN_FLIGHT.id()];
        unknown |= now[SampleColumn.UNKNOWN_COLUMNS.id()];
        seen.add(name);
      }
    }
    before.keySet().retainAll(seen);
    if (seen.isEmpty()) {
      return false;
    }
    sums[SampleColumn.IO_MS.id()] += busiest;
    System.arraycopy(sums, 0, into, 0, sums.length);
    put(into, SampleColumn.IN_FLIGHT, inFlight);
    put(into, SampleColumn.UNKNOWN_COLUMNS, unknown);
    return true;
  }

  /**
   * Adds a path's increase since its previous reading; a new or reset path starts at 0.
   *
   * @return ms with I/O in flight since then
   */
  private long add(String name, long[] now) {
    long[] then = before.put(name, now);
    if (then == null || !CounterTable.continues(then, now)) {
      return 0;
    }
    for (SampleColumn column : SUMMED) {
      sums[column.id()] += now[column.id()] - then[column.id()];
    }
    return now[SampleColumn.IO_MS.id()] - then[SampleColumn.IO_MS.id()];
  }

  @Override
  public void close() {}
}
