package io.blkwarden.controller.bench;

import io.blkwarden.controller.ingest.FleetIntake;
import io.blkwarden.controller.ingest.IntakeCounters;
import io.blkwarden.controller.ingest.Lanes;
import io.blkwarden.controller.ingest.OutcomeIntake;
import io.blkwarden.controller.ingest.StepLoop;
import io.blkwarden.controller.step.Input;
import io.blkwarden.model.message.Outcome;
import io.blkwarden.model.subject.Subjects;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
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

/**
 * Time of one host's batch of 100 disks from its bytes to the end of the step: intake, lane,
 * decoding and ten policies, in one thread, over a fleet of {@value #HOSTS} hosts. The NATS client
 * and the wake-ups between threads are not in it.
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
  private final Lanes lanes = new Lanes();
  private final IntakeCounters counters = new IntakeCounters();
  private final InstantSource clock = () -> fleet.now().wall();
  private final FleetIntake intake =
      new FleetIntake(
          Subjects.DEFAULT,
          lanes,
          counters,
          clock,
          new OutcomeIntake(lanes, counters),
          new Nobody());

  private final StepLoop loop =
      new StepLoop(
          lanes,
          // the loop ticks in each run, which would be once a second otherwise
          (input, now) -> input instanceof Input.Tick ? List.of() : fleet.step.step(input, now),
          effect -> {
            throw new IllegalStateException("no effect is expected: " + effect);
          },
          counters,
          Subjects.DEFAULT,
          clock,
          () -> fleet.now().monotonicMillis());

  private byte[] batch = {};

  /** Nobody asks and nothing is commanded. */
  private static final class Nobody implements FleetIntake.Desk {
    @Override
    public Optional<Long> open(String replyTo) {
      return Optional.empty();
    }

    @Override
    public void refuse(String replyTo, String why) {}

    @Override
    public void settled(Outcome outcome) {}

    @Override
    public void epoch(long epoch) {}
  }

  /** A loop that is told to stop runs until nothing waits. */
  @Setup(Level.Trial)
  public void stop() {
    loop.stop();
  }

  /** Makes the batch of the next second. */
  @Setup(Level.Invocation)
  public void nextSecond() {
    batch = fleet.nextBatch();
  }

  /** One batch of each host; the time is that of one. */
  @Benchmark
  @OperationsPerInvocation(HOSTS)
  public long bytesToStep() {
    for (String subject : subjects) {
      intake.sample(subject, batch);
    }
    loop.run();
    long failed = counters.stepFailures.sum();
    if (failed > 0) {
      throw new IllegalStateException("the step failed: see the log");
    }
    return counters.steps.sum();
  }
}
