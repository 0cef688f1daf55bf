package io.blkwarden.simulation.fleet;

import io.blkwarden.model.HostId;
import io.blkwarden.model.message.MappingSnapshot;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import reactor.test.scheduler.VirtualTimeScheduler;

/** What all in a simulation share: time, chance, the trail, the oracle and what NATS stores. */
final class World {
  private static final Instant EPOCH = Instant.parse("2026-01-01T00:00:00Z");

  final VirtualTimeScheduler time = VirtualTimeScheduler.create();
  final SplittableRandom random;
  final Trail trail;
  final Oracle oracle = new Oracle(this);
  final Parts parts;
  final Map<HostId, MappingSnapshot> snapshots = new HashMap<>();

  World(long seed, Parts parts, Consumer<String> reader) {
    this.trail = new Trail(reader);
    this.random = new SplittableRandom(seed);
    this.parts = parts;
  }

  long now() {
    return time.now(TimeUnit.MILLISECONDS);
  }

  Instant wall() {
    return EPOCH.plusMillis(now());
  }

  void say(String what) {
    trail.add(now(), what);
  }

  void after(long millis, Runnable task) {
    time.schedule(task, millis, TimeUnit.MILLISECONDS);
  }

  /** Runs a task again and again, first within one period. */
  void every(long millis, Runnable task) {
    time.schedulePeriodically(task, random.nextLong(millis), millis, TimeUnit.MILLISECONDS);
  }

  boolean chance(double part) {
    return random.nextDouble() < part;
  }
}
