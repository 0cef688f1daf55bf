package io.blkwarden.agent.lease;

import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.model.DeviceNumber;
import java.util.List;
import java.util.Optional;

/**
 * The cgroups that limit tasks: one per lease, below {@link #TOP}.
 *
 * <p>Groups are named as in {@code /proc/PID/cgroup}; {@code /} is the root. Pids are reused:
 * callers check the task's identity before and after each call. No method throws; methods that
 * change something return the error. The defaults describe a host without limits.
 */
public interface LimitGroups {
  /** The parent of our groups. */
  String TOP = "/blkwarden";

  /** The group of tasks that were never moved. */
  String ROOT = "/";

  /** Why limits are unavailable on this host; empty when available. */
  Optional<String> unavailable();

  /** What sets the limits, for operators. */
  default String hierarchy() {
    return "none";
  }

  /** A task's group; absent when the task does not exist. */
  default ReadResult<String> groupOf(int pid) {
    return ReadResult.present(ROOT);
  }

  /**
   * The device to set a limit on: the whole disk for a partition, because the kernel accepts no
   * partitions. Only tasks in the group are limited, so the effect is the same.
   */
  default ReadResult<DeviceNumber> limited(DeviceNumber device) {
    return ReadResult.present(device);
  }

  /** The block device of a file's file system; absent if it has none, or several. */
  default ReadResult<DeviceNumber> below(String file) {
    return ReadResult.absent("the block device of " + file);
  }

  /** Limits a device's reads and writes per second for the tasks in a group; creates the group. */
  default Optional<String> limit(String group, DeviceNumber device, int perSecond) {
    return unavailable();
  }

  /** A group's limit on a device; absent without a limit. */
  default ReadResult<Integer> limitOf(String group, DeviceNumber device) {
    return ReadResult.absent(group);
  }

  /** Moves a task to an existing group. */
  default Optional<String> move(int pid, String group) {
    return unavailable();
  }

  /** Removes a group of ours if it exists; its remaining tasks move to the root. */
  default Optional<String> remove(String group) {
    return Optional.empty();
  }

  /** All groups of ours; empty when limits are unavailable. */
  default ReadResult<List<String>> groups() {
    return ReadResult.present(List.of());
  }

  /** A host without limits. */
  static LimitGroups none(String why) {
    return () -> Optional.of(why);
  }
}
