package io.blkwarden.controller.throttle;

import io.blkwarden.model.Actuator;
import io.blkwarden.model.IoPriority;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.PhysicalDevice;
import io.blkwarden.model.Restraint;
import java.util.List;
import java.util.OptionalInt;
import java.util.StringJoiner;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Finds the next step of a policy's ladder that can throttle a disk. */
public final class Ladder {
  private Ladder() {}

  /** The next step. */
  public sealed interface Next {
    /**
     * A restraint to set.
     *
     * @param index its place in the ladder, from 0
     * @param restraint what to set
     * @param note what was skipped and why; empty when nothing was
     */
    record Available(int index, Restraint restraint, String note) implements Next {}

    /**
     * There is no further step.
     *
     * @param note what was skipped and why; empty when nothing was
     */
    record Exhausted(String note) implements Next {}

    /**
     * The devices ignore every priority, and no limit can be set.
     *
     * @param note which devices and schedulers
     */
    record Ineffective(String note) implements Next {}
  }

  /**
   * The first step that can have an effect on a disk, as below; none if no restraint acts on it.
   *
   * @param disk the disk with the devices below it
   */
  public static Next next(
      List<Restraint> ladder,
      int from,
      MappedDisk disk,
      boolean limits,
      Predicate<Restraint> harmful) {
    return disk.unrestrainable()
        .<Next>map(why -> new Next.Ineffective("no restraint acts on the disk: " + why))
        .orElseGet(() -> next(ladder, from, disk.physical(), limits, harmful));
  }

  /**
   * The first step from {@code from} on that can have an effect: a priority where the devices'
   * scheduler uses it, a limit where the host's agent supports it.
   *
   * @param ladder restraints in the order to try
   * @param from index of the first to consider
   * @param physical the devices below the disk; none means that nothing is known of them
   * @param limits whether the host's agent supports limits
   * @param harmful which steps must not be tried on these devices now
   */
  public static Next next(
      List<Restraint> ladder,
      int from,
      List<PhysicalDevice> physical,
      boolean limits,
      Predicate<Restraint> harmful) {
    boolean ignored = ignored(physical);
    boolean classOnly = classOnly(physical);
    StringJoiner skipped = new StringJoiner("; ");
    boolean allIgnored = false;
    for (int index = from; index < ladder.size(); index++) {
      Restraint step = ladder.get(index);
      switch (step) {
        case Restraint.Priority _ when ignored -> {
          if (!allIgnored) {
            skipped.add("I/O priorities are ignored by " + names(physical, Actuator.INEFFECTIVE));
          }
          allIgnored = true;
        }
        case Restraint.Priority(IoPriority priority)
            when classOnly && priority.ioClass() == IoPriority.IoClass.BEST_EFFORT ->
            skipped.add(
                "skipped %s: %s counts only the class"
                    .formatted(step, names(physical, Actuator.CLASS_ONLY)));
        case Restraint.Limit _ when !limits ->
            skipped.add("skipped %s: the host's agent does not offer limits".formatted(step));
        case Restraint.Priority _, Restraint.Limit _ when harmful.test(step) ->
            skipped.add("skipped %s: it harmed the neighbours here lately".formatted(step));
        case Restraint.Priority _, Restraint.Limit _ -> {
          return new Next.Available(index, step, skipped.toString());
        }
      }
    }
    return allIgnored
        ? new Next.Ineffective(skipped.toString())
        : new Next.Exhausted(skipped.toString());
  }

  /**
   * The next softer step that can have an effect; empty when there is none.
   *
   * @param ladder restraints from soft to hard
   * @param from the step to go down from; negative when it is not on the ladder
   * @param physical the devices below the disk; none means that nothing is known of them
   * @param limits whether the host's agent supports limits
   * @param harmful which steps must not be tried on these devices now
   */
  public static OptionalInt below(
      List<Restraint> ladder,
      int from,
      List<PhysicalDevice> physical,
      boolean limits,
      Predicate<Restraint> harmful) {
    for (int index = from - 1; index >= 0; index--) {
      List<Restraint> upToIt = ladder.subList(0, index + 1);
      if (next(upToIt, index, physical, limits, harmful) instanceof Next.Available) {
        return OptionalInt.of(index);
      }
    }
    return OptionalInt.empty();
  }

  private static boolean ignored(List<PhysicalDevice> physical) {
    return !physical.isEmpty()
        && physical.stream().allMatch(device -> device.actuator() == Actuator.INEFFECTIVE);
  }

  private static boolean classOnly(List<PhysicalDevice> physical) {
    return physical.stream().anyMatch(device -> device.actuator() == Actuator.CLASS_ONLY);
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
