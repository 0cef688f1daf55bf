package io.blkwarden.simulation.host;

import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.lease.LimitGroups;
import io.blkwarden.model.DeviceNumber;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The cgroups of a simulated dom0. A new task is in the root group; a group's limit applies to the
 * tasks in it.
 */
final class SimulatedGroups implements LimitGroups {
  private final NavigableMap<String, Map<DeviceNumber, Integer>> limits = new TreeMap<>();
  private final Map<Integer, String> groupOfTask = new HashMap<>();
  private final Object lock;
  private final Runnable changed;

  /**
   * Creates the root group.
   *
   * @param lock also held by the host when it reads the groups
   * @param changed called after each change of limits or members
   */
  SimulatedGroups(Object lock, Runnable changed) {
    this.lock = lock;
    this.changed = changed;
  }

  void born(int pid) {
    groupOfTask.put(pid, ROOT);
  }

  void died(int pid) {
    groupOfTask.remove(pid);
  }

  /**
   * The limit of all these tasks together on a device, in I/Os per second; none while one of them
   * is in a group without a limit.
   */
  Optional<Integer> limit(Collection<Integer> pids, DeviceNumber device) {
    int sum = 0;
    for (String group :
        pids.stream().map(pid -> groupOfTask.getOrDefault(pid, ROOT)).distinct().toList()) {
      Integer limit = limits.getOrDefault(group, Map.of()).get(device);
      if (limit == null) {
        return Optional.empty();
      }
      sum += limit;
    }
    return pids.isEmpty() ? Optional.empty() : Optional.of(sum);
  }

  @Override
  public Optional<String> unavailable() {
    return Optional.empty();
  }

  @Override
  public ReadResult<String> groupOf(int pid) {
    synchronized (lock) {
      String group = groupOfTask.get(pid);
      return group == null ? ReadResult.absent("task " + pid) : ReadResult.present(group);
    }
  }

  @Override
  public Optional<String> limit(String group, DeviceNumber device, int perSecond) {
    synchronized (lock) {
      limits.computeIfAbsent(group, _ -> new HashMap<>()).put(device, perSecond);
      changed.run();
      return Optional.empty();
    }
  }

  @Override
  public ReadResult<Integer> limitOf(String group, DeviceNumber device) {
    synchronized (lock) {
      Integer limit = limits.getOrDefault(group, Map.of()).get(device);
      return limit == null ? ReadResult.absent(group) : ReadResult.present(limit);
    }
  }

  @Override
  public Optional<String> move(int pid, String group) {
    synchronized (lock) {
      if (!groupOfTask.containsKey(pid)) {
        return Optional.of("no simulated task " + pid);
      }
      if (!group.equals(ROOT) && !limits.containsKey(group)) {
        return Optional.of("no simulated group " + group);
      }
      groupOfTask.put(pid, group);
      changed.run();
      return Optional.empty();
    }
  }

  @Override
  public Optional<String> remove(String group) {
    synchronized (lock) {
      groupOfTask.replaceAll((_, at) -> at.equals(group) ? ROOT : at);
      limits.remove(group);
      changed.run();
      return Optional.empty();
    }
  }

  @Override
  public ReadResult<List<String>> groups() {
    synchronized (lock) {
      return ReadResult.present(List.copyOf(limits.keySet()));
    }
  }
}
