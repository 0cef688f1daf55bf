package io.blkwarden.controller.snapshot;

import io.blkwarden.model.HostId;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A host in the last window between two samples; what is unknown is absent.
 *
 * @param host which
 * @param state whether its samples come
 * @param disks how many it has
 * @param breaches how many of them are above a level, each policy counted
 * @param throttles leases that its agent holds, as far as the controller knows
 * @param ioSome part of the time in which some task of dom0 waited for I/O, 0 to 1
 * @param ioFull the same of all its tasks
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
  /** Whether samples come. */
  public enum State {
    LIVE,
    /** They came, and come no more. */
    SILENT,
    /** The host is known by its map or heartbeat alone. */
    UNHEARD
  }

  public HostSnapshot {
    devices = List.copyOf(devices);
  }

  /** That of the device where it is worst; absent when it is unknown for all of them. */
  public @Nullable Double pain() {
    return devices.stream()
        .map(DeviceSnapshot::pain)
        .filter(Objects::nonNull)
        .max(Double::compare)
        .orElse(null);
  }
}
