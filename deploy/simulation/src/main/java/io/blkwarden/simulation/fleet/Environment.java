package io.blkwarden.simulation.fleet;

import io.blkwarden.model.HostId;
import io.blkwarden.model.message.MappingSnapshot;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import reactor.test.scheduler.VirtualTimeScheduler;

/** Shared state of a run: virtual time, randomness, the event log, and stored maps. */
final class Environment {
  private static final int EVENTS_KEPT = 40;
  private static final Instant EPOCH = Instant.parse("2026-01-01T00:00:00Z");

  final VirtualTimeScheduler time = VirtualTimeScheduler.create();
  final SplittableRandom random;
  final Oracle oracle = new Oracle(this);
  final Faults faults;
  final Map<HostId, MappingSnapshot> snapshots = new HashMap<>();

  /** The last {@value #EVENTS_KEPT} events. */
  final ArrayDeque<String> lastEvents = new ArrayDeque<>();

  private final Consumer<String> printer;

  /** Number of events. */
  long events;

  /** Hash of all events in order. */
  long hash = 1;

  Environment(long seed, Faults faults, Consumer<String> printer) {
    this.printer = printer;
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
    String line = now() + " " + event;
    printer.accept(line);
    events++;
    hash = 31 * hash + line.hashCode();
    lastEvents.addLast(line);
    if (lastEvents.size() > EVENTS_KEPT) {
      lastEvents.removeFirst();
    }
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
