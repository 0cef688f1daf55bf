package io.blkwarden.controller.bench;

import io.blkwarden.controller.snapshot.FleetSnapshot;
import io.blkwarden.model.sample.SampleFrame;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Time of the step without I/O, with ten policies: for one sample of every disk of the fleet, and
 * for one tick. Divide by {@code disks} for nanoseconds per disk-sample; prints the heap per disk.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {"-Xms6g", "-Xmx6g", "-XX:+UseParallelGC", "-XX:+UseCompactObjectHeaders"})
@Warmup(iterations = 4, time = 2)
@Measurement(iterations = 6, time = 2)
public class StepBench {
  /** Disks of the fleet. */
  @Param({"100000", "1000000"})
  public int disks;

  private BenchFleet fleet = new BenchFleet(0);

  /** Creates the fleet and measures its heap. */
  @Setup(Level.Trial)
  public void begin() {
    long before = Heap.used();
    fleet = new BenchFleet(disks);
    fleet.takeAll(fleet.nextFrame());
    long taken = Heap.used() - before;
    System.out.printf("heap: %.0f bytes per disk, maps included%n", (double) taken / disks);
  }

  /** The counters of the next second, created outside of the measured time. */
  @State(Scope.Thread)
  public static class Unheard {
    private SampleFrame frame = new SampleFrame();

    /** Creates the counters. */
    @Setup(Level.Invocation)
    public void nextSecond(StepBench bench) {
      frame = bench.fleet.nextFrame();
    }
  }

  /** A fleet that reported within the second: stale hosts would take no time. */
  @State(Scope.Thread)
  public static class Heard {
    /** Feeds a batch of every host. */
    @Setup(Level.Invocation)
    public void nextSecond(StepBench bench) {
      bench.fleet.takeAll(bench.fleet.nextFrame());
    }
  }

  /** A decoded batch of 100 disks per host. */
  @Benchmark
  public int samples(Unheard next) {
    return fleet.takeAll(next.frame);
  }

  /** The work of each tick: stale hosts, reminders, fleet totals. */
  @Benchmark
  public int tick(Heard before) {
    return fleet.tick();
  }

  /** A Prometheus scrape, usually every 15 s: the busiest disks of the fleet. */
  @Benchmark
  public FleetSnapshot snapshot(Heard before) {
    return fleet.step.snapshot(FleetSnapshot.Parts.busiest(20));
  }
}
