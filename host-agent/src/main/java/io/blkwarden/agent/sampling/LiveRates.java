package io.blkwarden.agent.sampling;

import io.blkwarden.agent.kernel.KernelFiles;
import io.blkwarden.model.DeviceNumber;
import io.blkwarden.model.DiskKey;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.PhysicalDevice;
import io.blkwarden.model.sample.SampleColumn;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The rates of a host's disks and of the devices below them between updates; not thread-safe.
 *
 * <p>A new disk, or one of a restarted domain, is unknown until its second update.
 */
public final class LiveRates {
  private static final int COLUMNS = SampleColumn.all().size();

  private final DeviceCounters counters;
  private final DiskSources sources;
  private final Map<PhysicalDevice, CounterSource> devices = new HashMap<>();
  private StuckDevices stuck = new StuckDevices(List.of(), List.of(), Set.of());

  /** The last reading of each {@link DiskKey} and {@link DeviceNumber}. */
  private Map<Object, long[]> last = Map.of();

  private long lastMillis;

  /** Rates of a host before the first update. */
  public LiveRates(KernelFiles files) {
    this.counters = new DeviceCounters(files);
    this.sources = new DiskSources(files);
  }

  /**
   * Reads all counters.
   *
   * @param nowMillis the host's monotonic clock
   * @return rates of each disk since the last update, in the given order
   */
  public HostRates update(List<MappedDisk> disks, long nowMillis) {
    counters.read();
    Map<Object, long[]> now = new HashMap<>();
    long window = nowMillis - lastMillis;
    List<RowRates> ofDisks = new ArrayList<>(disks.size());
    List<PhysicalDevice> below =
        disks.stream().flatMap(disk -> disk.physical().stream()).distinct().toList();
    List<CounterSource> rows = sources.of(disks);
    for (int row = 0; row < disks.size(); row++) {
      DiskKey key = disks.get(row).key();
      ofDisks.add(rates(key, rows.get(row), now, window));
    }
    devices.keySet().retainAll(below);
    List<RowRates> ofBelow = new ArrayList<>(below.size());
    for (PhysicalDevice device : below) {
      CounterSource source = devices.computeIfAbsent(device, PhysicalSource::new);
      ofBelow.add(rates(device.device(), source, now, window));
    }
    last = now;
    lastMillis = nowMillis;
    Map<DeviceNumber, RowRates> known = known(disks, below, ofDisks, ofBelow, window);
    return new HostRates(disks, ofDisks, known, stuck.names());
  }

  /** The rates of the devices; unknown for those whose counters are stuck. */
  private Map<DeviceNumber, RowRates> known(
      List<MappedDisk> disks,
      List<PhysicalDevice> below,
      List<RowRates> ofDisks,
      List<RowRates> ofBelow,
      long window) {
    stuck = new StuckDevices(disks, below, stuck.all());
    long[] completed = new long[disks.size()];
    for (int row = 0; row < completed.length; row++) {
      completed[row] = Math.round(ofDisks.get(row).iops() * window / 1_000); // 0 for NaN
    }
    boolean[] moved = new boolean[below.size()];
    for (int row = 0; row < moved.length; row++) {
      moved[row] = !ofBelow.get(row).stands();
    }
    stuck.update(completed, moved);
    Map<DeviceNumber, RowRates> known = new HashMap<>();
    for (int row = 0; row < moved.length; row++) {
      known.put(below.get(row).device(), stuck.isStuck(row) ? RowRates.UNKNOWN : ofBelow.get(row));
    }
    return known;
  }

  private RowRates rates(Object key, CounterSource source, Map<Object, long[]> now, long window) {
    long[] row = new long[COLUMNS];
    Optional<String> fault = source.read(counters, row);
    long[] before = last.get(key);
    if (fault.isEmpty()) {
      now.put(key, row);
    }
    return fault.isPresent() || before == null
        ? RowRates.UNKNOWN
        : RowRates.between(before, row, window);
  }
}
