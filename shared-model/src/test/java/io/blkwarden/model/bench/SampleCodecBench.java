package io.blkwarden.model.bench;

import io.blkwarden.model.json.Decoded;
import io.blkwarden.model.sample.SampleCodec;
import io.blkwarden.model.sample.SampleColumn;
import io.blkwarden.model.sample.SampleFrame;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Time to encode and decode one disk's sample, in a batch of 100 disks of which a third is idle.
 *
 * <p>Counters are those of an hour since the base, drawn from a fixed seed; no transport is in it.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 8, time = 1)
public class SampleCodecBench {
  private static final int DISKS = 100;

  /** A swap or data disk neither discards nor runs out of requests in most hours. */
  private static final List<SampleColumn> USED =
      List.of(
          SampleColumn.READ_IOS,
          SampleColumn.READ_SECTORS,
          SampleColumn.READ_MS,
          SampleColumn.WRITE_IOS,
          SampleColumn.WRITE_SECTORS,
          SampleColumn.WRITE_MS,
          SampleColumn.IO_MS,
          SampleColumn.QUEUE_MS);

  private final SampleFrame frame = busyHour();
  private final byte[] bytes = SampleCodec.encode(frame);
  private final SampleFrame into = new SampleFrame();

  @Benchmark
  @OperationsPerInvocation(DISKS)
  public byte[] encode() {
    return SampleCodec.encode(frame);
  }

  @Benchmark
  @OperationsPerInvocation(DISKS)
  public Decoded<SampleFrame> decode() {
    return SampleCodec.decode(bytes, into);
  }

  private static SampleFrame busyHour() {
    Random random = new Random(20261122);
    SampleFrame frame = new SampleFrame();
    frame.identify(new UUID(1, 2), 1, 1, 3_600);
    frame.time(3_600_000, 1_763_834_405_120L, 1_000);
    frame.disks().reset(DISKS);
    for (int row = 0; row < DISKS; row++) {
      frame.disks().markPresent(row);
      if (row % 3 != 0) {
        for (SampleColumn column : USED) {
          frame.disks().set(column, row, random.nextInt(1 << 20));
        }
      }
    }
    return frame;
  }
}
