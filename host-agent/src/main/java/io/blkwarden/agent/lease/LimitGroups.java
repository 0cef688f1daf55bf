package io.blkwarden.agent.lease;

import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.model.DeviceNumber;
import java.util.List;
import java.util.Optional;

/**
 * The cgroups in which tasks are limited: one of ours for each lease, below {@link #TOP}.
 *
 * <p>Groups are named as {@code /proc/PID/cgroup} names them, {@code /} for the root. A number is
 * not an identity: the caller makes sure, before and after, that a pid is still the task that it
 * means. No method throws; those that change something give the reason when it did not work.
 */
public interface LimitGroups {
  /** The group that all of ours are in. */
  String TOP = "/blkwarden";

  /** Where tasks are that nobody moved. */
  String ROOT = "/";

  /** Why no limit can be set on this host; empty when limits can be set. */
  Optional<String> unavailable();

  /** The group that a task is in; absent when there is no such task. */
  ReadResult<String> groupOf(int pid);

  /**
   * The device that a rule about this one has to name: the kernel takes no partitions, so for one
   * it is the disk. Only the tasks in a group are limited, so the effect is the same.
   */
  default ReadResult<DeviceNumber> limited(DeviceNumber device) {
    return ReadResult.present(device);
  }

  /**
   * Limits a device's reads, and its writes, for the tasks in a group, which is made if need be.
   */
  Optional<String> limit(String group, DeviceNumber device, int perSecond);

  /** What a group's tasks may do a second on a device; absent when nothing limits them. */
  ReadResult<Integer> limitOf(String group, DeviceNumber device);

  /** Moves a task to a group that is there. */
  Optional<String> move(int pid, String group);

  /** Removes a group of ours; whoever is in it still goes to the root. One that is gone is fine. */
  Optional<String> remove(String group);

  /** All groups of ours; none where no limits can be set. */
  ReadResult<List<String>> groups();

  /** A host on which no limit can be set. */
  static LimitGroups none(String why) {
    return new NoLimitGroups(why);
  }

  /** A host on which no limit can be set: nothing is moved, and nobody is in a group of ours. */
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
