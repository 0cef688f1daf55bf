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
  private final Map<DiskPolicy, DetectorFeed> known = new HashMap<>();
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

  /** Takes a new map or new policies; budgets used are kept. */
  void match(HostTracker tracker, PolicyIndex policies) {
    byIndex = new DetectorFeed[policies.ofDisks.size()];
    if (known.isEmpty() && !policies.feeds) {
      return;
    }
    Map<DiskKey, Integer> oldRows = new HashMap<>();
    for (int row = 0; row < disks.size(); row++) {
      oldRows.put(disks.get(row), row);
    }
    List<DiskKey> rows = new ArrayList<>();
    for (int row = 0; row < tracker.state.rows(); row++) {
      rows.add(tracker.state.disk(row).key());
    }
    Map<DiskPolicy, DetectorFeed> next = new HashMap<>();
    for (int policy = 0; policy < byIndex.length; policy++) {
      DiskPolicy of = policies.ofDisks.get(policy);
      boolean fed = of.feed(List.of()) != null;
      DetectorFeed feed = fed ? of.feed(rows(tracker, policy, policies)) : null;
      if (feed != null) {
        carry(feed, known.get(of), rows, oldRows);
        next.put(of, feed);
        byIndex[policy] = feed;
      }
    }
    known.clear();
    known.putAll(next);
    disks = rows;
    ofBaselines =
        known.values().stream()
            .filter(OutlierTable.class::isInstance)
            .map(OutlierTable.class::cast)
            .toList();
  }

  private static List<DetectorFeed.@Nullable Row> rows(
      HostTracker tracker, int policy, PolicyIndex policies) {
    List<DetectorFeed.@Nullable Row> rows = new ArrayList<>();
    for (int row = 0; row < tracker.matched.length; row++) {
      MappedDisk disk = tracker.state.disk(row);
      rows.add(
          tracker.isAbout(row, policy)
              ? new DetectorFeed.Row(disk, policies.policies.labels().of(disk))
              : null);
    }
    return rows;
  }

  private static void carry(
      DetectorFeed feed,
      @Nullable DetectorFeed before,
      List<DiskKey> rows,
      Map<DiskKey, Integer> oldRows) {
    for (int row = 0; before != null && row < rows.size(); row++) {
      Integer old = oldRow(rows.get(row), oldRows);
      if (old != null) {
        feed.carry(row, before, old);
      }
    }
  }

  /** The former row of a disk; a restarted domain keeps its used budget. */
  private static @Nullable Integer oldRow(DiskKey disk, Map<DiskKey, Integer> oldRows) {
    Integer same = oldRows.get(disk);
    if (same != null) {
      return same;
    }
    for (Map.Entry<DiskKey, Integer> old : oldRows.entrySet()) {
      if (old.getKey().sameVirtualDevice(disk)) {
        return old.getValue();
      }
    }
    return null;
  }
}
