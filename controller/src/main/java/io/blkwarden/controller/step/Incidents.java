package io.blkwarden.controller.step;

import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.PhysicalDevice;
import java.util.List;

/** Groups the alerts about one hurt device of a host. */
final class Incidents {
  private Incidents() {}

  /**
   * The incident of an open alert about the same physical devices, or of one whose devices are not
   * known if these are not; else {@code fresh}.
   */
  static MessageId of(HostWatch watch, Case about, MessageId fresh) {
    List<String> devices = devices(watch, about);
    for (Case other : watch.cases.values()) {
      Episode episode = other.episode;
      if (episode != null && other != about && devices(watch, other).equals(devices)) {
        return episode.incident;
      }
    }
    return fresh;
  }

  private static List<String> devices(HostWatch watch, Case about) {
    if (about.row >= watch.state.rows()) {
      return List.of();
    }
    MappedDisk disk = watch.state.disk(about.row);
    return disk.physical().stream().map(PhysicalDevice::name).sorted().toList();
  }
}
