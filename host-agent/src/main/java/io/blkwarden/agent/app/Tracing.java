package io.blkwarden.agent.app;

import io.blkwarden.agent.mapping.HostSnapshot.ObservedBio;
import io.blkwarden.model.DeviceNumber;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Tracing of which thread submits I/O to which device, for disks that names do not identify. */
public interface Tracing {
  /** Tracing on a host where it is not available. */
  static Tracing none(String reason) {
    return new Tracing() {
      @Override
      public Optional<String> unavailable() {
        return Optional.of(reason);
      }
    };
  }

  /**
   * Sets the devices to trace.
   *
   * @return the error, if any
   */
  default Optional<String> arm(Set<DeviceNumber> devices) {
    return Optional.empty();
  }

  /** Why tracing is not available on this host; empty if it is. */
  default Optional<String> unavailable() {
    return Optional.empty();
  }

  /** Returns the I/O traced since the last call. */
  default List<ObservedBio> drain() {
    return List.of();
  }
}
