package io.blkwarden.model.bench;

import io.blkwarden.model.json.Decoded;
import io.blkwarden.model.sample.BusyHour;
import io.blkwarden.model.sample.SampleCodec;
import io.blkwarden.model.sample.SampleFrame;
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

/** Time to encode and decode one disk's sample of {@link BusyHour}, without transport. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 8, time = 1)
public class SampleCodecBench {
  private final SampleFrame frame = BusyHour.frame();
  private final byte[] bytes = SampleCodec.encode(frame);
  private final SampleFrame into = new SampleFrame();

  @Benchmark
  @OperationsPerInvocation(BusyHour.DISKS)
  public byte[] encode() {
    return SampleCodec.encode(frame);
  }

  @Benchmark
  @OperationsPerInvocation(BusyHour.DISKS)
  public Decoded<SampleFrame> decode() {
    return SampleCodec.decode(bytes, into);
  }
}
