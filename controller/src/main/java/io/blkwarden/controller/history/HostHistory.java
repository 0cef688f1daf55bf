package io.blkwarden.controller.history;

import io.blkwarden.controller.snapshot.DeviceSnapshot;
import io.blkwarden.controller.snapshot.HostSnapshot;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The last snapshot of a host, and series of its devices; mutable, owned by one thread. */
final class HostHistory {
  private static final int PER_DEVICE = 3;

  private final Map<String, Series> lines = new LinkedHashMap<>();
  private HostSnapshot snapshot;

  HostHistory(HostSnapshot snapshot) {
    this.snapshot = snapshot;
  }

  HostSnapshot snapshot() {
    return snapshot;
  }

  /** Number of series. */
  int lines() {
    return lines.size();
  }

  /**
   * Takes a snapshot.
   *
   * @param free how many series may be added
   * @return how many were added
   */
  int take(HostSnapshot next, long slot, int free) {
    snapshot = next;
    int before = lines.size();
    for (DeviceSnapshot device : next.devices()) {
      boolean known = lines.containsKey(device.name() + " util");
      if (known || lines.size() - before + PER_DEVICE <= free) {
        put(device.name() + " util", slot, device.util());
        put(device.name() + " await_ms", slot, device.awaitMs());
        put(device.name() + " in_flight", slot, device.inFlight());
      }
    }
    return lines.size() - before;
  }

  private void put(String name, long slot, @Nullable Double value) {
    lines.computeIfAbsent(name, _ -> new Series()).put(slot, value);
  }

  Chart chart(long slot) {
    Map<String, List<@Nullable Double>> values = new LinkedHashMap<>();
    lines.forEach((name, series) -> values.put(name, series.until(slot)));
    return new Chart(slot * Series.STEP_MILLIS, Series.STEP_MILLIS, values);
  }
}
