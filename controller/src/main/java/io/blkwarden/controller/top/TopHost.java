package io.blkwarden.controller.top;

import io.blkwarden.commandline.top.DiskLine;
import io.blkwarden.controller.fleet.HostState;
import io.blkwarden.controller.fleet.HostState.BatchResult;
import io.blkwarden.controller.fleet.Metric;
import io.blkwarden.model.DiskKey;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.message.Heartbeat;
import io.blkwarden.model.message.MappingEvent;
import io.blkwarden.model.sample.SampleFrame;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The live state of a host; times are of a monotonic clock in ms. */
final class TopHost {
  /** Sampling intervals without samples after which a host is stale. */
  static final int STALE_INTERVALS = 3;

  /** Minimum time without samples after which a host is stale. */
  static final long STALE_MILLIS = 5_000;

  private static final int GAP_INTERVALS = 3;

  private final HostState state;
  private final Map<DiskKey, DiskLine.Io> totals = new HashMap<>();
  private @Nullable Heartbeat heartbeat;
  private long heartbeatMillis;
  private long sampleMillis;

  TopHost(HostId host, long nowMillis) {
    state = new HostState(host);
    sampleMillis = nowMillis;
  }

  HostId host() {
    return state.host();
  }

  void mapping(MappingEvent event) {
    state.apply(event);
  }

  void sample(SampleFrame frame, long nowMillis) {
    sampleMillis = nowMillis;
    if (state.accept(frame, GAP_INTERVALS) == BatchResult.MEASURED) {
      for (int row = 0; row < state.rows(); row++) {
        DiskLine.Io.add(totals, state.disk(row).key(), rate(row), state.windowMillis());
      }
    }
  }

  void heartbeat(Heartbeat latest, long nowMillis) {
    heartbeat = latest;
    heartbeatMillis = nowMillis;
  }

  /** Whether the last sample is too old. */
  boolean stale(long nowMillis) {
    long limit = Math.max(STALE_MILLIS, STALE_INTERVALS * state.intervalMillis());
    return nowMillis - sampleMillis > limit;
  }

  /** The disks; their numbers are unknown if the host is stale. */
  List<DiskLine> disks(long nowMillis) {
    boolean stale = stale(nowMillis);
    Map<DiskKey, String> throttles = throttles(nowMillis);
    List<DiskLine> lines = new ArrayList<>(state.rows());
    Set<DiskKey> shown = new HashSet<>();
    for (int row = 0; row < state.rows(); row++) {
      if (!state.gone(row)) {
        MappedDisk disk = state.disk(row);
        DiskKey key = disk.key();
        lines.add(
            DiskLine.of(
                host(),
                disk,
                stale ? DiskLine.Load.UNKNOWN : load(row),
                totals.getOrDefault(key, DiskLine.Io.NONE),
                throttles.get(key)));
        shown.add(key);
      }
    }
    totals.keySet().retainAll(shown);
    return lines;
  }

  /** The devices whose utilisation is unknown, while the host reports. */
  List<String> unknownDevices(long nowMillis) {
    if (stale(nowMillis) || state.windowMillis() == 0) {
      return List.of();
    }
    return IntStream.range(0, state.devices().size())
        .filter(device -> Double.isNaN(state.deviceValue(Metric.DEVICE_UTIL, device)))
        .mapToObj(device -> state.devices().get(device).name())
        .toList();
  }

  private DiskLine.Load load(int row) {
    double share = state.value(Metric.DEVICE_TIME_SHARE, row);
    return new DiskLine.Load(
        rate(row),
        state.value(Metric.IN_FLIGHT, row),
        state.value(Metric.AWAIT, row),
        state.value(Metric.UTIL, row),
        share,
        share * deviceScore(row));
  }

  private DiskLine.Io rate(int row) {
    return new DiskLine.Io(
        state.value(Metric.READ_IOPS, row),
        state.value(Metric.WRITE_IOPS, row),
        state.value(Metric.READ_BYTES, row),
        state.value(Metric.WRITE_BYTES, row));
  }

  private double deviceScore(int row) {
    return IntStream.of(state.devicesOf(row))
        .mapToDouble(device ->
            state.deviceValue(Metric.DEVICE_UTIL, device)
                * state.deviceValue(Metric.DEVICE_AWAIT, device))
        .filter(score -> !Double.isNaN(score))
        .max()
        .orElse(Double.NaN);
  }

  /** The active throttles by disk, from the last heartbeat. */
  private Map<DiskKey, String> throttles(long nowMillis) {
    Map<DiskKey, String> throttles = new HashMap<>();
    Heartbeat last = heartbeat;
    if (last != null) {
      for (Heartbeat.HeldThrottle each : last.throttles()) {
        long left = each.remainingMs() - (nowMillis - heartbeatMillis);
        if (left > 0) {
          throttles.put(
              DiskKey.of(each.domain(), each.vdev()), DiskLine.throttle(each.restraint(), left));
        }
      }
    }
    return throttles;
  }
}
