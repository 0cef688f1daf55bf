package io.blkwarden.controller.snapshot;

import io.blkwarden.model.HostId;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.annotation.JsonSerialize;

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
 * @param implausible impossible counters, clocks and numbers, treated as unknown
 */
public record HostSnapshot(
    HostId host,
    State state,
    int disks,
    int breaches,
    int throttles,
    @JsonSerialize(using = KnownNumbers.class) @Nullable Double ioSome,
    @JsonSerialize(using = KnownNumbers.class) @Nullable Double ioFull,
    List<DeviceSnapshot> devices,
    long implausible) {
  /** Whether a host reports. */
  public enum State {
    /** Samples arrive. */
    LIVE,
    /** Samples arrived, and no longer do. */
    SILENT,
    /** No samples arrived yet. */
    UNHEARD
  }

  /** Whether samples arrive. */
  public boolean live() {
    return state == State.LIVE;
  }

  /** The highest of its devices' latency scores; absent when all are unknown. */
  public @Nullable Double latencyScore() {
    return highest(DeviceSnapshot::latencyScore);
  }

  /** The highest value of its devices; absent when all are unknown. */
  public @Nullable Double highest(Function<DeviceSnapshot, @Nullable Double> value) {
    return devices.stream().map(value).filter(Objects::nonNull).max(Double::compare).orElse(null);
  }
}
