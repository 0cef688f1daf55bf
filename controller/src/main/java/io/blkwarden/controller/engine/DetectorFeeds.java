package io.blkwarden.controller.engine;

import io.blkwarden.controller.baseline.DiskClass;
import io.blkwarden.controller.detect.BudgetTable;
import io.blkwarden.controller.detect.DetectorFeed;
import io.blkwarden.controller.detect.OutlierTable;
import io.blkwarden.controller.fleet.DeviceClass;
import io.blkwarden.controller.policy.BudgetPolicy;
import io.blkwarden.controller.policy.DiskPolicy;
import io.blkwarden.controller.policy.OutlierPolicy;
import io.blkwarden.controller.policy.SwapPolicy;
import io.blkwarden.controller.policy.ThresholdPolicy;
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
  private List<OutlierTable> outliers = List.of();

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
      DetectorFeed feed = make(of, matches(tracker, policy), tracker, policies);
      if (feed != null) {
        carry(feed, known.get(of), rows, oldRows);
        next.put(of, feed);
        byIndex[policy] = feed;
      }
    }
    known.clear();
    known.putAll(next);
    disks = rows;
    outliers =
        known.values().stream()
            .filter(OutlierTable.class::isInstance)
            .map(OutlierTable.class::cast)
            .toList();
  }

  /** The tables of policies that compare with the fleet. */
  List<OutlierTable> outliers() {
    return outliers;
  }

  private static @Nullable DetectorFeed make(
      DiskPolicy policy, boolean[] matches, HostTracker tracker, PolicyIndex policies) {
    return switch (policy) {
      case OutlierPolicy outlier ->
          new OutlierTable(outlier, classes(outlier, matches, tracker, policies));
      case BudgetPolicy budget -> new BudgetTable(budget, matches);
      case ThresholdPolicy _, SwapPolicy _ -> null;
    };
  }

  private static List<@Nullable DiskClass> classes(
      OutlierPolicy policy, boolean[] matches, HostTracker tracker, PolicyIndex policies) {
    List<@Nullable DiskClass> classes = new ArrayList<>();
    for (int row = 0; row < matches.length; row++) {
      MappedDisk disk = tracker.state.disk(row);
      String plan = policies.policies.labels().of(disk).plan();
      classes.add(
          matches[row]
              ? new DiskClass(
                  policy.least().metric(),
                  policy.windowMillis(),
                  disk.volume().role(),
                  DeviceClass.of(disk.physical()),
                  plan.length() > 64 ? plan.substring(0, 64) : plan)
              : null);
    }
    return classes;
  }

  private static boolean[] matches(HostTracker tracker, int policy) {
    boolean[] matches = new boolean[tracker.matched.length];
    for (int row = 0; row < matches.length; row++) {
      for (short each : tracker.matched[row]) {
        matches[row] |= each == policy;
      }
    }
    return matches;
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
