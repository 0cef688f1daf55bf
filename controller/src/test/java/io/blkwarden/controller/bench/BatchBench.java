package io.blkwarden.controller.bench;

import io.blkwarden.controller.dispatch.OperatorMailbox;
import io.blkwarden.controller.ingest.Backlog;
import io.blkwarden.controller.ingest.EngineRunner;
import io.blkwarden.controller.ingest.FleetIntake;
import io.blkwarden.controller.ingest.LatestBatches;
import io.blkwarden.controller.nats.BusMessage;
import io.blkwarden.controller.snapshot.ControllerCounters;
import io.blkwarden.model.subject.Subjects;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import reactor.core.Disposable;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

/**
 * Time of one host's batch of 100 disks from its bytes to the end of the step: conflation, decoding
 * and ten policies, in one thread, for a fleet of {@value #HOSTS} hosts. Excludes the NATS client
 * and wake-ups between threads.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {"-Xms2g", "-Xmx2g", "-XX:+UseParallelGC", "-XX:+UseCompactObjectHeaders"})
@Warmup(iterations = 4, time = 2)
@Measurement(iterations = 6, time = 2)
public class BatchBench {
  private static final int HOSTS = 1_000;

  private final BenchFleet fleet = new BenchFleet(HOSTS * BenchFleet.DISKS_PER_HOST);
  private final List<String> subjects = fleet.hosts.stream().map(Subjects.DEFAULT::sample).toList();
  private final ControllerCounters counters = new ControllerCounters();
  private final Backlog backlog = new Backlog();
  private final InstantSource clock = () -> fleet.now().wall();
  private final FleetIntake intake =
      new FleetIntake(
          Subjects.DEFAULT,
          backlog,
          counters,
          clock,
          new OperatorMailbox((_, _) -> {}, clock, new ControllerCounters()));
  private final EngineRunner engine =
      new EngineRunner(
          fleet.step,
          intake,
          clock,
          () -> fleet.now().monotonicMillis(),
          _ -> {},
          fault -> {
            throw new IllegalStateException(fault);
          });
  private final Sinks.Many<BusMessage> samples = Sinks.many().unicast().onBackpressureBuffer();

  private byte[] batch = {};

  /** Runs the engine on the calling thread. */
  @Setup(Level.Trial)
  public void start() {
    LatestBatches batches = new LatestBatches(intake, Schedulers.immediate());
    Disposable _ =
        batches
            .signals(samples.asFlux())
            .concatMapIterable(engine::process)
            .subscribe(effect -> {
              throw new IllegalStateException("no effect is expected: " + effect);
            });
  }

  /** Creates the batch of the next second. */
  @Setup(Level.Invocation)
  public void nextSecond() {
    batch = fleet.nextBatch();
  }

  /** One batch per host; the time is per batch. */
  @Benchmark
  @OperationsPerInvocation(HOSTS)
  public long bytesToStep() {
    for (String subject : subjects) {
      samples.tryEmitNext(new BusMessage(subject, null, batch)).orThrow();
    }
    long failed = counters.stepFailures.sum();
    if (failed > 0) {
      throw new IllegalStateException("the step failed: see the log");
    }
    return counters.steps.sum();
  }
}
