package io.blkwarden.controller.engine;

import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.PhysicalDevice;
import java.util.List;

/** Groups the alerts about one physical device of a host. */
final class Incidents {
  private Incidents() {}

  /**
   * The incident of an open alert about the same physical devices; unknown devices count as the
   * same. Otherwise {@code fresh}.
   */
  static MessageId of(HostTracker tracker, Evaluation evaluation, MessageId fresh) {
    List<String> devices = devices(tracker, evaluation);
    for (Evaluation other : tracker.evaluations.values()) {
      Breach breach = other.breach;
      if (breach != null
          && other != evaluation
          && !other.policy.isStanding()
          && devices(tracker, other).equals(devices)) {
        return breach.incident;
      }
    }
    return fresh;
  }

  private static List<String> devices(HostTracker tracker, Evaluation evaluation) {
    if (evaluation.row >= tracker.state.rows()) {
      return List.of();
    }
    MappedDisk disk = tracker.state.disk(evaluation.row);
    return disk.physical().stream().map(PhysicalDevice::name).sorted().toList();
  }
}
