package io.blkwarden.agent.app;

import io.blkwarden.agent.mapping.HostSnapshot.ObservedBio;
import io.blkwarden.model.DeviceNumber;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Who submits I/O to which device, for disks that nothing else tells apart. */
public interface Tracing {
  /** On hosts where nothing can be traced, for this reason. */
  static Tracing none(String why) {
    return new Tracing() {
      @Override
      public Optional<String> arm(Set<DeviceNumber> devices) {
        return Optional.empty();
      }

      @Override
      public Optional<String> unavailable() {
        return Optional.of(why);
      }

      @Override
      public List<ObservedBio> drain() {
        return List.of();
      }
    };
  }

  /**
   * Watches these devices and no others.
   *
   * @return why it does not, if it does not
   */
  Optional<String> arm(Set<DeviceNumber> devices);

  /** Why nothing can ever be traced here; empty where it can. */
  default Optional<String> unavailable() {
    return Optional.empty();
  }

  /** Takes what was seen since the last time. */
  List<ObservedBio> drain();
}
