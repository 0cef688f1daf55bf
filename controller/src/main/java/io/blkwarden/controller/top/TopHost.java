package io.blkwarden.controller.top;

import io.blkwarden.commandline.DurationText;
import io.blkwarden.commandline.top.DiskLine;
import io.blkwarden.controller.fleet.HostState;
import io.blkwarden.controller.fleet.Metric;
import io.blkwarden.model.DiskKey;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.PhysicalDevice;
import io.blkwarden.model.message.Heartbeat;
import io.blkwarden.model.message.MappingEvent;
import io.blkwarden.model.sample.SampleFrame;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A host, and what it said when; times are of a monotonic clock in ms. */
final class TopHost {
  /** Of a host's own intervals: from then on what it said is old. */
  static final int SILENT_INTERVALS = 3;

  /** As {@link #SILENT_INTERVALS}, whatever its interval is. */
  static final long SILENT_MILLIS = 5_000;

  private static final int GAP_INTERVALS = 3;

  private final HostState state;
  private @Nullable Heartbeat beat;
  private long beatMillis;
  private long heardMillis;

  TopHost(HostId host, long nowMillis) {
    state = new HostState(host);
    heardMillis = nowMillis;
  }

  HostId host() {
    return state.host();
  }

  void mapping(MappingEvent event) {
    state.apply(event);
  }

  void sample(SampleFrame frame, long nowMillis) {
    state.accept(frame, GAP_INTERVALS);
    heardMillis = nowMillis;
  }

  void heartbeat(Heartbeat heartbeat, long nowMillis) {
    beat = heartbeat;
    beatMillis = nowMillis;
  }

  /** Whether no sample came for so long that the last says nothing any more. */
  boolean stale(long nowMillis) {
    long patience = Math.max(SILENT_MILLIS, SILENT_INTERVALS * state.intervalMillis());
    return nowMillis - heardMillis > patience;
  }

  /** Its disks; their numbers are unknown while it is silent. */
  List<DiskLine> disks(long nowMillis) {
    boolean silent = stale(nowMillis);
    Map<DiskKey, String> held = held(nowMillis);
    List<DiskLine> lines = new ArrayList<>(state.rows());
    for (int row = 0; row < state.rows(); row++) {
      if (!state.gone(row)) {
        MappedDisk disk = state.disk(row);
        lines.add(
            new DiskLine(
                host().value(),
                disk.domain().name(),
                disk.disk().vdev(),
                disk.volume().role().wire(),
                disk.physical().stream().map(PhysicalDevice::name).toList(),
                disk.workers().stream().map(each -> each.comm() + "[" + each.pid() + "]").toList(),
                silent ? DiskLine.Load.UNKNOWN : load(row),
                held.get(disk.key())));
      }
    }
    return lines;
  }

  /** The devices below its disks whose utilisation is unknown, while it reports others. */
  List<String> unknownDevices(long nowMillis) {
    if (stale(nowMillis) || state.windowMillis() == 0) {
      return List.of();
    }
    List<String> unknown = new ArrayList<>();
    for (int device = 0; device < state.devices().size(); device++) {
      if (Double.isNaN(state.deviceValue(Metric.DEVICE_UTIL, device))) {
        unknown.add(state.devices().get(device).name());
      }
    }
    return unknown;
  }

  private DiskLine.Load load(int row) {
    double share = state.value(Metric.DEVICE_TIME_SHARE, row);
    return new DiskLine.Load(
        state.value(Metric.IN_FLIGHT, row),
        state.value(Metric.IOPS, row),
        state.value(Metric.BYTES, row),
        state.value(Metric.AWAIT, row),
        state.value(Metric.UTIL, row),
        share,
        share * devicePain(row));
  }

  private double devicePain(int row) {
    double worst = Double.NaN;
    for (int device : state.devicesOf(row)) {
      double pain =
          state.deviceValue(Metric.DEVICE_UTIL, device)
              * state.deviceValue(Metric.DEVICE_AWAIT, device);
      worst = worst >= pain || Double.isNaN(pain) ? worst : pain;
    }
    return worst;
  }

  /** What holds which disk back, as its last sign of life tells. */
  private Map<DiskKey, String> held(long nowMillis) {
    Map<DiskKey, String> held = new HashMap<>();
    Heartbeat last = beat;
    if (last != null) {
      for (Heartbeat.HeldThrottle each : last.throttles()) {
        long rest = each.remainingMs() - (nowMillis - beatMillis);
        if (rest > 0) {
          held.put(
              DiskKey.of(each.domain(), each.vdev()),
              "%s %s".formatted(each.restraint(), DurationText.print(Duration.ofMillis(rest))));
        }
      }
    }
    return held;
  }
}
