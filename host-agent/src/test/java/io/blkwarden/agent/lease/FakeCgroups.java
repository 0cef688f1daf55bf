package io.blkwarden.agent.lease;

import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.model.DeviceNumber;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Fake cgroups with the kernel's semantics: a move affects the current owner of the pid, and only
 * empty groups can be removed.
 */
public final class FakeCgroups implements LimitGroups {
  private final FakeKernel kernel;
  private final Map<Integer, String> groupOfPid = new HashMap<>();
  private final Map<String, Map<DeviceNumber, Integer>> rules = new TreeMap<>();
  private final Map<DeviceNumber, DeviceNumber> disks = new HashMap<>();
  private Optional<String> unavailable = Optional.empty();
  private boolean stuck;

  FakeCgroups(FakeKernel kernel) {
    this.kernel = kernel;
  }

  /** The I/O controller is unavailable. */
  public void unavailable(String why) {
    unavailable = Optional.of(why);
  }

  /** Groups cannot be removed. */
  public void stuck(boolean now) {
    stuck = now;
  }

  /** Sets a task's group; new threads start in the root. */
  public void put(int pid, String group) {
    groupOfPid.put(pid, group);
  }

  /** Removes a limit from outside. */
  public void dropRule(String group) {
    rules.computeIfPresent(group, (_, _) -> new HashMap<>());
  }

  /** The group of a live task. */
  public String at(int pid) {
    return groupOfPid.getOrDefault(pid, ROOT);
  }

  /** All existing groups of the agent. */
  public List<String> ours() {
    return List.copyOf(rules.keySet());
  }

  @Override
  public Optional<String> unavailable() {
    return unavailable;
  }

  /** Makes a device a partition of a disk, which must be used for limits. */
  public void partition(DeviceNumber part, DeviceNumber disk) {
    disks.put(part, disk);
  }

  @Override
  public ReadResult<DeviceNumber> limited(DeviceNumber device) {
    return ReadResult.present(disks.getOrDefault(device, device));
  }

  @Override
  public ReadResult<String> groupOf(int pid) {
    return kernel.read(pid).isPresent()
        ? ReadResult.present(at(pid))
        : ReadResult.absent("proc/" + pid + "/cgroup");
  }

  @Override
  public Optional<String> limit(String group, DeviceNumber device, int perSecond) {
    kernel.call(group + " " + device + " " + perSecond);
    if (unavailable.isPresent()) {
      return unavailable;
    }
    if (disks.containsKey(device)) {
      return Optional.of("io.max: No such device");
    }
    rules.computeIfAbsent(group, _ -> new HashMap<>()).put(device, perSecond);
    return Optional.empty();
  }

  @Override
  public ReadResult<Integer> limitOf(String group, DeviceNumber device) {
    Integer found = rules.getOrDefault(group, Map.of()).get(device);
    return found == null ? ReadResult.absent(group + "/io.max") : ReadResult.present(found);
  }

  @Override
  public Optional<String> move(int pid, String group) {
    kernel.call(pid + " -> " + group);
    if (kernel.refuses(pid)) {
      return Optional.of("cgroup.procs: EINVAL");
    }
    if (!kernel.read(pid).isPresent()) {
      return Optional.of("cgroup.procs: ESRCH");
    }
    if (group.startsWith(TOP) && !rules.containsKey(group)) {
      return Optional.of("cgroup.procs: ENOENT");
    }
    groupOfPid.put(pid, group);
    return Optional.empty();
  }

  @Override
  public Optional<String> remove(String group) {
    kernel.call("rmdir " + group);
    if (stuck) {
      return Optional.of("rmdir: EBUSY");
    }
    groupOfPid.replaceAll((_, in) -> in.equals(group) ? ROOT : in);
    rules.remove(group);
    return Optional.empty();
  }

  @Override
  public ReadResult<List<String>> groups() {
    return ReadResult.present(new ArrayList<>(rules.keySet()));
  }
}
