package io.blkwarden.controller.engine;

import io.blkwarden.controller.policy.DetectorFeed;
import io.blkwarden.controller.policy.DiskPolicy;
import io.blkwarden.controller.policy.baseline.OutlierTable;
import io.blkwarden.model.DiskKey;
import io.blkwarden.model.MappedDisk;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A host's detector feeds by policy; they survive changes of the map and of the policies. */
final class DetectorFeeds {
  private Map<DiskPolicy, DetectorFeed> known = Map.of();
  private @Nullable DetectorFeed[] byIndex = {};
  private List<DiskKey> disks = List.of();

  /** The feeds of policies that compare with the fleet. */
  List<OutlierTable> ofBaselines = List.of();

  /** The feed of a policy; absent for one with a fixed threshold. */
  @Nullable DetectorFeed of(int policy) {
    return byIndex[policy];
  }

  /** Sets the time. */
  void begin(long nowMillis) {
    if (!known.isEmpty()) {
      known.values().forEach(feed -> feed.begin(nowMillis));
    }
  }

  /** Applies a new map or new policies; used budgets are kept. */
  void match(HostTracker tracker, PolicyIndex policies) {
    byIndex = new DetectorFeed[policies.diskPolicies.size()];
    if (known.isEmpty() && !policies.useFeeds) {
      return;
    }
    Map<DiskKey, Integer> formerRows = new HashMap<>();
    for (int row = 0; row < disks.size(); row++) {
      formerRows.put(disks.get(row), row);
    }
    disks = tracker.state.disks().stream().map(MappedDisk::key).toList();
    Map<DiskPolicy, DetectorFeed> next = new HashMap<>();
    for (int index = 0; index < byIndex.length; index++) {
      DiskPolicy policy = policies.diskPolicies.get(index);
      boolean fed = policy.feed(List.of()) != null;
      DetectorFeed feed = fed ? policy.feed(rows(tracker, index, policies)) : null;
      if (feed != null) {
        carry(feed, known.get(policy), formerRows);
        next.put(policy, feed);
        byIndex[index] = feed;
      }
    }
    known = next;
    ofBaselines = PolicyIndex.of(next.values(), OutlierTable.class);
  }

  private static List<DetectorFeed.@Nullable Row> rows(
      HostTracker tracker, int policy, PolicyIndex policies) {
    List<DetectorFeed.@Nullable Row> rows = new ArrayList<>();
    for (int row = 0; row < tracker.matched.length; row++) {
      MappedDisk disk = tracker.state.disk(row);
      rows.add(
          tracker.matches(row, policy)
              ? new DetectorFeed.Row(disk, policies.policies.labels().of(disk))
              : null);
    }
    return rows;
  }

  private void carry(
      DetectorFeed feed, @Nullable DetectorFeed before, Map<DiskKey, Integer> formerRows) {
    for (int row = 0; before != null && row < disks.size(); row++) {
      Integer former = formerRow(disks.get(row), formerRows);
      if (former != null) {
        feed.carry(row, before, former);
      }
    }
  }

  /** The former row of a disk; a restarted domain keeps its used budget. */
  private static @Nullable Integer formerRow(DiskKey disk, Map<DiskKey, Integer> formerRows) {
    Integer same = formerRows.get(disk);
    if (same != null) {
      return same;
    }
    for (Map.Entry<DiskKey, Integer> each : formerRows.entrySet()) {
      if (each.getKey().sameVirtualDevice(disk)) {
        return each.getValue();
      }
    }
    return null;
  }
}
