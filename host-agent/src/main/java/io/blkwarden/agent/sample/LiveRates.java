package io.blkwarden.agent.sample;

import io.blkwarden.agent.probe.KernelFiles;
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

/**
 * The rates of a host's disks and of the devices below them, from one look to the next; not safe
 * for use by several threads.
 *
 * <p>A disk keeps its rates when others come and go; one that is new, or whose domain was started
 * anew, is unknown until its second look.
 */
public final class LiveRates {
  private static final int COLUMNS = SampleColumn.all().size();

  private final KernelFiles files;
  private final DeviceCounters counters;
  private Map<Row, long[]> last = Map.of();
  private long lastMillis;

  /** Rates of a host of which nothing was read. */
  public LiveRates(KernelFiles files) {
    this.files = files;
    this.counters = new DeviceCounters(files);
  }

  /** Whose counters they are. */
  private sealed interface Row {
    /** A disk of one run of its domain, whose counters begin anew with the next. */
    record Disk(DiskKey disk, int domid) implements Row {}

    record Device(DeviceNumber number) implements Row {}
  }

  /**
   * Reads all counters.
   *
   * @param nowMillis the host's monotonic clock
   * @return what each disk did since the last time, in the order given
   */
  public HostRates look(List<MappedDisk> disks, long nowMillis) {
    counters.read();
    Map<Row, long[]> now = new HashMap<>();
    long window = nowMillis - lastMillis;
    List<RowRates> ofDisks = new ArrayList<>(disks.size());
    Map<DeviceNumber, RowRates> ofDevices = new HashMap<>();
    for (MappedDisk disk : disks) {
      Row row = new Row.Disk(disk.key(), disk.domain().domid());
      CounterSource source = CounterSource.of(disk, files);
      ofDisks.add(rates(row, source, now, window));
      source.close(); // others may be there at the next look
      for (PhysicalDevice device : disk.physical()) {
        ofDevices.computeIfAbsent(
            device.device(),
            number -> rates(new Row.Device(number), CounterSource.of(device), now, window));
      }
    }
    last = now;
    lastMillis = nowMillis;
    return new HostRates(disks, ofDisks, ofDevices);
  }

  private RowRates rates(Row key, CounterSource source, Map<Row, long[]> now, long window) {
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
