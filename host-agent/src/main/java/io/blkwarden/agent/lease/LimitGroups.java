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
 * change something return the error.
 */
public interface LimitGroups {
  /** The parent of our groups. */
  String TOP = "/blkwarden";

  /** The group of tasks that were never moved. */
  String ROOT = "/";

  /** Why limits are unavailable on this host; empty when available. */
  Optional<String> unavailable();

  /** A task's group; absent when the task does not exist. */
  ReadResult<String> groupOf(int pid);

  /**
   * The device to set a limit on: the whole disk for a partition, because the kernel accepts no
   * partitions. Only tasks in the group are limited, so the effect is the same.
   */
  default ReadResult<DeviceNumber> limited(DeviceNumber device) {
    return ReadResult.present(device);
  }

  /** Limits a device's reads and writes per second for the tasks in a group; creates the group. */
  Optional<String> limit(String group, DeviceNumber device, int perSecond);

  /** A group's limit on a device; absent without a limit. */
  ReadResult<Integer> limitOf(String group, DeviceNumber device);

  /** Moves a task to an existing group. */
  Optional<String> move(int pid, String group);

  /** Removes a group of ours if it exists; its remaining tasks move to the root. */
  Optional<String> remove(String group);

  /** All groups of ours; empty when limits are unavailable. */
  ReadResult<List<String>> groups();

  /** A host without limits. */
  static LimitGroups none(String why) {
    return new NoLimitGroups(why);
  }

  /** A host without limits: there are no groups of ours. */
  record NoLimitGroups(String why) implements LimitGroups {
    @Override
    public Optional<String> unavailable() {
      return Optional.of(why);
    }

    @Override
    public ReadResult<String> groupOf(int pid) {
      return ReadResult.present(ROOT);
    }

    @Override
    public Optional<String> limit(String group, DeviceNumber device, int perSecond) {
      return unavailable();
    }

    @Override
    public ReadResult<Integer> limitOf(String group, DeviceNumber device) {
      return ReadResult.absent(group);
    }

    @Override
    public Optional<String> move(int pid, String group) {
      return unavailable();
    }

    @Override
    public Optional<String> remove(String group) {
      return Optional.empty();
    }

    @Override
    public ReadResult<List<String>> groups() {
      return ReadResult.present(List.of());
    }
  }
}
