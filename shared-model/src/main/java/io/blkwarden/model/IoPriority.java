package io.blkwarden.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * An I/O priority of a task, written {@code none}, {@code idle}, {@code best-effort/7} or {@code
 * realtime/0}.
 *
 * @param ioClass scheduling class
 * @param level 0 (highest) to 7 in classes with levels, else 0
 */
public record IoPriority(IoClass ioClass, int level) {
  /** Scheduling classes of ioprio_set(2), in the order of their numbers 0 to 3. */
  public enum IoClass implements WireName {
    NONE(0),
    REALTIME(1),
    BEST_EFFORT(2),
    IDLE(3);

    private final int number;

    IoClass(int number) {
      this.number = number;
    }

    private boolean hasLevels() {
      return this == REALTIME || this == BEST_EFFORT;
    }
  }

  /** No explicit priority, the default of blkback threads. */
  public static final IoPriority UNSET = new IoPriority(IoClass.NONE, 0);

  /** Served only when the device is otherwise idle. */
  public static final IoPriority IDLE = new IoPriority(IoClass.IDLE, 0);

  private static final int CLASS_SHIFT = 13;
  private static final int LEVEL_MASK = 7;

  public IoPriority {
    Require.present(ioClass, "priority.class");
    Require.within(level, 0, ioClass.hasLevels() ? LEVEL_MASK : 0, "priority.level");
  }

  /** The best-effort class with a level of 0 to 7. */
  public static IoPriority bestEffort(int level) {
    return new IoPriority(IoClass.BEST_EFFORT, level);
  }

  /** Parses the format of {@link #toString()}. */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public static IoPriority parse(String text) {
    int slash = text.indexOf('/');
    String name = slash < 0 ? text : text.substring(0, slash);
    String level = slash < 0 ? "" : text.substring(slash + 1);
    for (IoClass candidate : IoClass.values()) {
      boolean fits =
          candidate.hasLevels() ? level.matches("[0-7]") : slash < 0; // idle and none have no level
      if (candidate.wire().equals(name) && fits) {
        return new IoPriority(candidate, level.isEmpty() ? 0 : Integer.parseInt(level));
      }
    }
    throw new IllegalArgumentException(
        "priority: expected none, idle, best-effort/0..7 or realtime/0..7, found '%s'"
            .formatted(text));
  }

  /**
   * Converts the kernel's value: class in bits 13 to 15, level in bits 0 to 2. Hints of newer
   * kernels in bits 3 to 12 are ignored, as is a level in a class without levels.
   */
  public static IoPriority fromKernel(int value) {
    int number = (value >> CLASS_SHIFT) & LEVEL_MASK;
    for (IoClass candidate : IoClass.values()) {
      if (candidate.number == number) {
        return new IoPriority(candidate, candidate.hasLevels() ? value & LEVEL_MASK : 0);
      }
    }
    throw new IllegalArgumentException("priority: expected class 0 to 3, found " + number);
  }

  /** The value for ioprio_set(2). */
  public int toKernel() {
    return (ioClass.number << CLASS_SHIFT) | level;
  }

  @JsonValue
  @Override
  public String toString() {
    return ioClass.hasLevels() ? ioClass.wire() + "/" + level : ioClass.wire();
  }
}
