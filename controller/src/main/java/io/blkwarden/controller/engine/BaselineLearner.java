package io.blkwarden.controller.engine;

import io.blkwarden.controller.baseline.BaselineTable;
import io.blkwarden.controller.baseline.DiskBaseline;
import io.blkwarden.controller.policy.DiskPolicy;
import io.blkwarden.controller.policy.baseline.OutlierTable;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Learns the baselines of the fleet's disks, round by round, and passes them to the hosts' tables.
 */
final class BaselineLearner {
  /** How often baselines are stored. */
  private static final long STORE_MILLIS = 300_000;

  private final EngineState engine;
  final BaselineTable baselines = new BaselineTable();
  private final Map<Long, Long> dueMillis = new LinkedHashMap<>();
  private long storeMillis;

  BaselineLearner(EngineState engine) {
    this.engine = engine;
  }

  /**
   * Takes a baseline that another controller learned; an invalid one is learned again.
   *
   * <p>A standby follows the leader, so that no threshold jumps at a takeover; the leader takes
   * only classes that it does not know.
   */
  void load(DiskBaseline baseline) {
    try {
      baselines.load(baseline, engine.epoch.isEmpty(), engine.millis());
    } catch (IOException _) {
      return; // who read it has looked at it, and said what is wrong
    }
    engine
        .hosts
        .values()
        .forEach(tracker -> tracker.feeds.ofBaselines.forEach(each -> each.learn(baselines)));
  }

  /** Ends rounds that are due, and stores the baselines. */
  void tick() {
    if (!engine.policies.feeds) {
      return;
    }
    for (DiskPolicy policy : engine.policies.ofDisks) {
      long window = policy.baselineWindowMillis();
      if (window > 0) {
        dueMillis.putIfAbsent(window, engine.millis() + window);
      }
    }
    dueMillis.entrySet().removeIf(each -> !used(each.getKey()));
    for (Map.Entry<Long, Long> due : dueMillis.entrySet()) {
      if (engine.millis() >= due.getValue()) {
        due.setValue(engine.millis() + due.getKey());
        round(due.getKey());
      }
    }
    if (engine.epoch.isPresent() && engine.millis() >= storeMillis + STORE_MILLIS) {
      storeMillis = engine.millis();
      baselines
          .all(engine.now.wall())
          .forEach(baseline -> engine.effects.add(new Effect.StoreBaseline(baseline)));
    }
  }

  private boolean used(long windowMillis) {
    return engine.policies.ofDisks.stream()
        .anyMatch(policy -> policy.baselineWindowMillis() == windowMillis);
  }

  private void round(long windowMillis) {
    for (HostTracker tracker : engine.hosts.values()) {
      for (OutlierTable table : tracker.feeds.ofBaselines) {
        if (table.windowMillis() == windowMillis) {
          table.give(baselines, engine.millis());
        }
      }
    }
    baselines.endRound(windowMillis, engine.millis());
    for (HostTracker tracker : engine.hosts.values()) {
      tracker.feeds.ofBaselines.forEach(table -> table.learn(baselines));
    }
  }
}
