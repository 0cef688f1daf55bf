package io.blkwarden.controller.engine;

import io.blkwarden.model.PhysicalDevice;
import io.blkwarden.model.Restraint;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * The ladder steps that recently harmed the neighbours on a host's devices; mutable.
 *
 * <p>Such a step is not tried on that device for a while, for any disk or policy, because its
 * effect depends on the device. Keeps {@link #MAX} entries and drops the oldest beyond that.
 */
final class HarmfulSteps {
  static final int MAX = 64;

  private record Place(String device, Restraint step) {}

  private final LinkedHashMap<Place, Long> untilMillis = new LinkedHashMap<>();

  /** Records that a step harmed on these devices, and until when it is not tried. */
  void add(List<PhysicalDevice> physical, Restraint step, long until) {
    for (PhysicalDevice device : physical) {
      untilMillis.putLast(new Place(device.name(), step), until);
    }
    while (untilMillis.size() > MAX) {
      untilMillis.pollFirstEntry();
    }
  }

  /** Whether a step must not be tried on these devices now. */
  boolean contains(List<PhysicalDevice> physical, Restraint step, long nowMillis) {
    if (untilMillis.isEmpty()) {
      return false;
    }
    untilMillis.values().removeIf(until -> until <= nowMillis);
    return physical.stream()
        .anyMatch(device -> untilMillis.containsKey(new Place(device.name(), step)));
  }
}
