package io.blkwarden.controller.snapshot;

import io.blkwarden.model.HostId;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A host in the last window between two samples; unknown values are absent.
 *
 * @param host its name
 * @param state whether it reports
 * @param disks number of its disks
 * @param breaches breaches of its disks, for each policy
 * @param throttles active leases known to the controller
 * @param ioSome share of the time in which some task of dom0 waited for I/O, 0 to 1
 * @param ioFull share of the time in which all its tasks did
 * @param devices its physical devices
 */
public record HostSnapshot(
    HostId host,
    State state,
    int disks,
    int breaches,
    int throttles,
    @Nullable Double ioSome,
    @Nullable Double ioFull,
    List<DeviceSnapshot> devices) {
  /** Whether a host reports. */
  public enum State {
    /** Samples arrive. */
    LIVE,
    /** Samples arrived, and no longer do. */
    SILENT,
    /** No samples arrived yet. */
    UNHEARD
  }

  public HostSnapshot {
    devices = List.copyOf(devices);
  }

  /** The highest of its devices' latency scores; absent when all are unknown. */
  public @Nullable Double latencyScore() {
    return devices.stream()
        .map(DeviceSnapshot::latencyScore)
        .filter(Objects::nonNull)
        .max(Double::compare)
        .orElse(null);
  }
}
