package io.blkwarden.controller.step;

import io.blkwarden.controller.detect.OutlierTable;
import io.blkwarden.controller.policy.DiskPolicy;
import io.blkwarden.controller.policy.OutlierPolicy;
import io.blkwarden.controller.spec.FleetSpec;
import io.blkwarden.controller.spec.SpecBook;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** Learns what the fleet's disks do, round by round, and tells the tables of the hosts. */
final class Outliers {
  /** How often what was learned is put away. */
  private static final long STORE_MILLIS = 300_000;

  private final World world;
  private final SpecBook book = new SpecBook();
  private final Map<Long, Long> dueMillis = new LinkedHashMap<>();
  private long storeMillis;

  Outliers(World world) {
    this.world = world;
  }

  SpecBook book() {
    return book;
  }

  /**
   * Takes over what another controller learned; a broken spec is learned anew.
   *
   * <p>Whoever only watches follows the one that commands, so that no level jumps when it takes
   * over; the one that commands takes what it does not know itself.
   */
  void load(FleetSpec spec) {
    try {
      book.load(spec, world.claim().isEmpty(), world.millis());
    } catch (IOException _) {
      return; // who read it has looked at it, and said what is wrong
    }
    world.hosts.values().forEach(watch -> watch.feeds.outliers().forEach(each -> each.learn(book)));
  }

  /** Ends the rounds that are due, and puts away what was learned. */
  void tick() {
    if (!world.rules().feeds) {
      return;
    }
    for (DiskPolicy policy : world.rules().ofDisks) {
      if (policy instanceof OutlierPolicy outlier) {
        dueMillis.putIfAbsent(outlier.windowMillis(), world.millis() + outlier.windowMillis());
      }
    }
    dueMillis.entrySet().removeIf(each -> !used(each.getKey()));
    for (Map.Entry<Long, Long> due : dueMillis.entrySet()) {
      if (world.millis() >= due.getValue()) {
        due.setValue(world.millis() + due.getKey());
        round(due.getKey());
      }
    }
    if (world.claim().isPresent() && world.millis() >= storeMillis + STORE_MILLIS) {
      storeMillis = world.millis();
      book.specs(world.now().wall()).forEach(spec -> world.add(new Effect.Keep(spec)));
    }
  }

  private boolean used(long windowMillis) {
    return world.rules().ofDisks.stream()
        .anyMatch(policy ->
            policy instanceof OutlierPolicy outlier && outlier.windowMillis() == windowMillis);
  }

  private void round(long windowMillis) {
    for (HostWatch watch : world.hosts.values()) {
      for (OutlierTable table : watch.feeds.outliers()) {
        if (table.windowMillis() == windowMillis) {
          table.give(book, world.millis());
        }
      }
    }
    book.endRound(windowMillis, world.millis());
    for (HostWatch watch : world.hosts.values()) {
      watch.feeds.outliers().forEach(table -> table.learn(book));
    }
  }
}
