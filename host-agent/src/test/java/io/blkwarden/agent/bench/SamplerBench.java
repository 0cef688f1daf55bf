package io.blkwarden.agent.bench;

import io.blkwarden.agent.files.RootedFiles;
import io.blkwarden.agent.sampling.Sampler;
import io.blkwarden.model.BackendKind;
import io.blkwarden.model.DeviceNumber;
import io.blkwarden.model.DiskRef;
import io.blkwarden.model.DomainRef;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MappingState;
import io.blkwarden.model.UnresolvedReason;
import io.blkwarden.model.Volume;
import io.blkwarden.model.VolumeRole;
import io.blkwarden.model.sample.SampleFrame;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Time to sample a whole host, with and without {@code /proc/diskstats}: the devices' counters from
 * one file, or from one file per device.
 *
 * <p>The files are in a temporary directory: the kernel's time to generate them is not included.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class SamplerBench {
  private static final String COLUMNS =
      "14292 0 1824960 40231 90321 12 722568 1200231 3 88123 1240462 0 0 0 0 12 40\n";

  /** Disks of the host. */
  @Param({"100", "1000"})
  public int disks;

  /** Whether the host has {@code /proc/diskstats}. */
  @Param({"true", "false"})
  public boolean atOnce;

  /** Whether the disks have the backend blkback, with one {@code oo_req} file per disk. */
  @Param({"true", "false"})
  public boolean blkback;

  private final SampleFrame frame = new SampleFrame();
  private Path root = Path.of("");
  private Sampler sampler = new Sampler(RootedFiles.below(root).toOptional().orElseThrow(), ID, 1);

  private static final UUID ID = new UUID(1, 2);

  /** Creates the host. */
  @Setup
  public void layOut() throws IOException {
    root = Files.createTempDirectory("sampler-bench");
    StringBuilder listing = new StringBuilder();
    List<MappedDisk> mapped = new ArrayList<>();
    for (int n = 0; n < disks; n++) {
      write("sys/block/dm-" + n + "/stat", " " + COLUMNS);
      write("sys/bus/xen-backend/devices/vbd-%d-51713/statistics/oo_req".formatted(n + 1), "3\n");
      listing.append(" 253 %d dm-%d %s".formatted(n, n, COLUMNS));
      mapped.add(disk(n));
    }
    if (atOnce) {
      write("proc/diskstats", listing.toString());
    }
    sampler = new Sampler(RootedFiles.below(root).toOptional().orElseThrow(), ID, 1_000);
    sampler.rebase(mapped, List.of());
  }

  private void write(String path, String text) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private MappedDisk disk(int n) {
    return new MappedDisk(
        new DomainRef(new UUID(9, n), n + 1, "vm" + n),
        new DiskRef("xvda1", 51_713, blkback ? BackendKind.VBD : BackendKind.QDISK, "w"),
        new Volume(
            null, new DeviceNumber(253, n), "dm-" + n, null, null, VolumeRole.ROOT, null, null),
        List.of(),
        MappingState.UNRESOLVED,
        UnresolvedReason.NO_THREAD_YET,
        List.of(),
        Map.of());
  }

  /** Removes the host. */
  @TearDown
  public void clear() throws IOException {
    try (Stream<Path> all = Files.walk(root)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }

  /** One batch. */
  @Benchmark
  public SampleFrame sample() {
    if (!sampler.sample(1, 1, 1, frame) || !frame.disks().present(disks - 1)) {
      throw new IllegalStateException("not sampled: " + sampler.diskFault());
    }
    return frame;
  }
}
