package io.blkwarden.controller.engine;

import io.blkwarden.controller.baseline.DiskBaseline;
import io.blkwarden.controller.policy.baseline.OutlierTable;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Learns the baselines of the fleet's disks, round by round, and updates the hosts' thresholds. */
final class BaselineLearner {
  /** How often baselines are stored. */
  private static final long STORE_MILLIS = 300_000;

  private final EngineState engine;

  /** The end of the current round of each window. */
  private final Map<Long, Long> dueMillis = new LinkedHashMap<>();

  private long storedMillis;

  BaselineLearner(EngineState engine) {
    this.engine = engine;
  }

  /**
   * Loads a baseline that another controller learned; an invalid one is learned again.
   *
   * <p>A standby follows the leader, so that no threshold jumps at a takeover; the leader loads
   * only classes that it does not know.
   */
  void load(DiskBaseline baseline) {
    try {
      engine.baselines.load(baseline, engine.epoch.isEmpty(), engine.millis());
    } catch (IOException _) {
      return; // reported by the reader of the bucket
    }
    tables().forEach(table -> table.learn(engine.baselines));
  }

  /** Ends rounds that are due, and stores the baselines. */
  void tick() {
    if (!engine.policies.useFeeds) {
      return;
    }
    List<Long> windows =
        engine.policies.diskPolicies.stream()
            .map(policy -> policy.baselineWindowMillis())
            .filter(window -> window > 0)
            .toList();
    dueMillis.keySet().retainAll(windows);
    windows.forEach(window -> dueMillis.putIfAbsent(window, engine.millis() + window));
    for (Map.Entry<Long, Long> due : dueMillis.entrySet()) {
      if (engine.millis() >= due.getValue()) {
        due.setValue(engine.millis() + due.getKey());
        endRound(due.getKey());
      }
    }
    if (engine.epoch.isPresent() && engine.millis() >= storedMillis + STORE_MILLIS) {
      storedMillis = engine.millis();
      engine.baselines.all(engine.now.wall()).stream()
          .map(Effect.StoreBaseline::new)
          .forEach(engine.effects::add);
    }
  }

  private void endRound(long windowMillis) {
    tables()
        .filter(table -> table.windowMillis() == windowMillis)
        .forEach(table -> table.give(engine.baselines, engine.millis()));
    engine.baselines.endRound(windowMillis, engine.millis());
    tables().forEach(table -> table.learn(engine.baselines));
  }

  private Stream<OutlierTable> tables() {
    return engine.hosts.values().stream().flatMap(host -> host.feeds.ofBaselines.stream());
  }
}
