package io.blkwarden.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The restraint of a throttle: a lower I/O priority or an IOPS limit.
 *
 * <p>Written {@code idle}, {@code best-effort/7} or {@code limit 20/s}. In messages it is exactly
 * one of the fields {@code priority} and {@code limit_per_s}.
 */
public sealed interface Restraint {
  /**
   * A lower priority of the disk's workers; its effect depends on the device's scheduler.
   *
   * @param priority {@code idle} or {@code best-effort/0..7}
   */
  record Priority(IoPriority priority) implements Restraint {
    private static final Pattern FORM = Pattern.compile("idle|best-effort/[0-7]");

    /** Served only when the device is otherwise idle. */
    public static final Priority IDLE = new Priority(IoPriority.IDLE);

    public Priority {
      Require.present(priority, "priority");
      switch (priority.ioClass()) {
        case IDLE, BEST_EFFORT -> {}
        case NONE, REALTIME ->
            throw new IllegalArgumentException(
                "priority: expected idle or best-effort/0..7, found " + priority);
      }
    }

    /** The best-effort class with a level of 0 to 7. */
    public static Priority bestEffort(int level) {
      return new Priority(IoPriority.bestEffort(level));
    }

    @Override
    public String toString() {
      return priority.toString();
    }
  }

  /**
   * A limit of the disk's reads and, separately, of its writes; independent of the scheduler and of
   * other load.
   *
   * @param perSecond I/Os per second, {@link #MIN_PER_SECOND} to {@link #MAX_PER_SECOND}
   */
  record Limit(@JsonProperty("limit_per_s") int perSecond) implements Restraint {
    /** Lowest limit: the kernel counts in slices of 100 ms and is inaccurate below it. */
    public static final int MIN_PER_SECOND = 10;

    /** Highest limit. */
    public static final int MAX_PER_SECOND = 100_000;

    private static final Pattern FORM = Pattern.compile("limit ([1-9][0-9]{0,5})/s");

    public Limit {
      Require.within(perSecond, MIN_PER_SECOND, MAX_PER_SECOND, "limit_per_s");
    }

    @Override
    public String toString() {
      return "limit " + perSecond + "/s";
    }
  }

  /** Parses the format of {@code toString}. */
  static Restraint parse(String text) {
    Matcher limit = Limit.FORM.matcher(text);
    if (limit.matches()) {
      return new Limit(Integer.parseInt(limit.group(1)));
    }
    if (Priority.FORM.matcher(text).matches()) {
      return new Priority(IoPriority.parse(text));
    }
    throw new IllegalArgumentException(
        "expected idle, best-effort/0..7 or limit 10/s to limit 100000/s, found '%s'"
            .formatted(text));
  }

  /**
   * Creates a restraint from the two fields of a message.
   *
   * @throws IllegalArgumentException if neither or both are given, or the value is invalid
   */
  @JsonCreator
  static Restraint of(
      @JsonProperty("priority") @Nullable IoPriority priority,
      @JsonProperty("limit_per_s") @Nullable Integer limitPerS) {
    if (priority != null && limitPerS == null) {
      return new Priority(priority);
    }
    if (priority == null && limitPerS != null) {
      return new Limit(limitPerS);
    }
    throw new IllegalArgumentException(
        "restraint: expected exactly one of priority and limit_per_s, found "
            + (priority == null ? "none" : "both"));
  }

  /** The field {@code priority} of a message; null for a limit. */
  default @Nullable IoPriority priorityOrNull() {
    return switch (this) {
      case Priority(IoPriority priority) -> priority;
      case Limit _ -> null;
    };
  }

  /** The field {@code limit_per_s} of a message; null for a priority. */
  default @Nullable Integer limitOrNull() {
    return switch (this) {
      case Priority _ -> null;
      case Limit(int perSecond) -> perSecond;
    };
  }
}
