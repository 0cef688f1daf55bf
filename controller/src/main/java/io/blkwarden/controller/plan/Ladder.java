package io.blkwarden.controller.plan;

import io.blkwarden.model.Actuator;
import io.blkwarden.model.IoPriority;
import io.blkwarden.model.PhysicalDevice;
import java.util.List;
import java.util.stream.Collectors;

/** Finds the next priority of a policy's ladder that a disk's devices can honour. */
public final class Ladder {
  private Ladder() {}

  /** The next step. */
  public sealed interface Next {
    /**
     * A priority to set.
     *
     * @param index its place in the ladder, from 0
     * @param priority what to set
     * @param note what was skipped and why; empty when nothing was
     */
    record Rung(int index, IoPriority priority, String note) implements Next {}

    /**
     * There is no further one.
     *
     * @param note what was skipped and why; empty when nothing was
     */
    record Exhausted(String note) implements Next {}

    /**
     * The devices ignore every priority.
     *
     * @param note which devices and schedulers
     */
    record Ineffective(String note) implements Next {}
  }

  /**
   * The first rung at {@code from} or above it that is worth trying.
   *
   * @param ladder priorities in the order to try
   * @param from index of the first to consider
   * @param physical the devices below the disk; none means that nothing is known of them
   */
  public static Next next(List<IoPriority> ladder, int from, List<PhysicalDevice> physical) {
    if (!physical.isEmpty()
        && physical.stream().allMatch(device -> device.actuator() == Actuator.INEFFECTIVE)) {
      return new Next.Ineffective(
          "I/O priorities are ignored by " + names(physical, Actuator.INEFFECTIVE));
    }
    boolean classOnly =
        physical.stream().anyMatch(device -> device.actuator() == Actuator.CLASS_ONLY);
    StringBuilder skipped = new StringBuilder();
    for (int index = from; index < ladder.size(); index++) {
      IoPriority rung = ladder.get(index);
      if (classOnly && rung.ioClass() == IoPriority.IoClass.BEST_EFFORT) {
        skipped
            .append(skipped.isEmpty() ? "" : "; ")
            .append(
                "skipped %s: %s counts only the class"
                    .formatted(rung, names(physical, Actuator.CLASS_ONLY)));
      } else {
        return new Next.Rung(index, rung, skipped.toString());
      }
    }
    return new Next.Exhausted(skipped.toString());
  }

  private static String names(List<PhysicalDevice> physical, Actuator actuator) {
    return physical.stream()
        .filter(device -> device.actuator() == actuator)
        .map(device -> {
          String scheduler = device.scheduler();
          return scheduler == null ? device.name() : device.name() + " (" + scheduler + ")";
        })
        .limit(4)
        .collect(Collectors.joining(", "));
  }
}
