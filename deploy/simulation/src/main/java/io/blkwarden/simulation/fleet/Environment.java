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

/** What all parts of a run share: virtual time, randomness, the event log, and stored maps. */
final class Environment {
  private static final Instant EPOCH = Instant.parse("2026-01-01T00:00:00Z");

  final VirtualTimeScheduler time = VirtualTimeScheduler.create();
  final SplittableRandom random;
  final EventLog events;
  final Oracle oracle = new Oracle(this);
  final Faults faults;
  final Map<HostId, MappingSnapshot> snapshots = new HashMap<>();

  Environment(long seed, Faults faults, Consumer<String> printer) {
    this.events = new EventLog(printer);
    this.random = new SplittableRandom(seed);
    this.faults = faults;
  }

  /** Virtual monotonic time, in ms. */
  long now() {
    return time.now(TimeUnit.MILLISECONDS);
  }

  Instant wall() {
    return EPOCH.plusMillis(now());
  }

  void log(String event) {
    events.add(now(), event);
  }

  void after(long millis, Runnable task) {
    time.schedule(task, millis, TimeUnit.MILLISECONDS);
  }

  /** Runs a task periodically, first within one period. */
  void every(long millis, Runnable task) {
    time.schedulePeriodically(task, random.nextLong(millis), millis, TimeUnit.MILLISECONDS);
  }

  boolean chance(double probability) {
    return random.nextDouble() < probability;
  }
}
