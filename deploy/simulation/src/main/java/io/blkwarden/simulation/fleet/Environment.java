package io.blkwarden.simulation.fleet;

import io.blkwarden.agent.lease.IoPriorities;
import io.blkwarden.agent.lease.LimitGroups;
import io.blkwarden.controller.engine.Effect;
import io.blkwarden.controller.policy.PolicySet;
import io.blkwarden.model.HostId;
import io.blkwarden.model.message.Command;
import io.blkwarden.model.message.MappingSnapshot;
import io.blkwarden.model.message.Outcome;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
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

  /** Faults injected between the parts of a run, to test the oracle; by default none. */
  static final class Faults {
    /** The priorities as an agent sees them. */
    UnaryOperator<IoPriorities> priorities = UnaryOperator.identity();

    /** The cgroups as an agent sees them. */
    UnaryOperator<LimitGroups> groups = UnaryOperator.identity();

    /** Whether the clock of a disconnected agent ticks. */
    boolean ticksOffline = true;

    /** A command as received by its agent. */
    UnaryOperator<Command> command = UnaryOperator.identity();

    /** An outcome as received by the controllers. */
    Function<Outcome, Optional<Outcome>> outcome = Optional::of;

    /** The effects of a controller's step. */
    UnaryOperator<List<Effect>> effects = UnaryOperator.identity();

    /** The policies as a controller loads them. */
    UnaryOperator<PolicySet> policies = UnaryOperator.identity();
  }
}
