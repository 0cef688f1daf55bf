package io.blkwarden.controller.engine;

import io.blkwarden.model.PhysicalDevice;
import io.blkwarden.model.Restraint;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which rungs harmed the neighbours on a host's devices lately; mutable.
 *
 * <p>What harmed once is not tried again on that device for a while, whichever disk or policy asks:
 * the device, not the disk, decides how a rung works. Keeps {@link #MAX} entries; beyond that the
 * oldest is forgotten, and that rung is tried again.
 */
final class HarmfulSteps {
  static final int MAX = 64;

  private record Place(String device, Restraint rung) {}

  private final Map<Place, Long> untilMillis = new LinkedHashMap<>();

  /** Notes that a rung harmed on these devices, and how long it is not tried there. */
  void note(List<PhysicalDevice> physical, Restraint rung, long until) {
    for (PhysicalDevice device : physical) {
      Place place = new Place(device.name(), rung);
      untilMillis.remove(place);
      untilMillis.put(place, until);
    }
    while (untilMillis.size() > MAX) {
      untilMillis.remove(untilMillis.keySet().iterator().next());
    }
  }

  /** Whether a rung must not be tried on these devices now. */
  boolean block(List<PhysicalDevice> physical, Restraint rung, long nowMillis) {
    if (untilMillis.isEmpty()) {
      return false;
    }
    untilMillis.values().removeIf(until -> until <= nowMillis);
    return physical.stream()
        .anyMatch(device -> untilMillis.containsKey(new Place(device.name(), rung)));
  }
}
