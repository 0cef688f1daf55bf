package io.blkwarden.agent.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.agent.files.RootedFiles;
import io.blkwarden.agent.kernel.KernelFiles;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.xenstore.Captured;
import io.blkwarden.commandline.Check;
import io.blkwarden.model.DeviceNumber;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests with a directory that emulates tracefs; {@link RealTraceTest} uses the real one. */
final class BioTraceTest {
  private static final int PID = 812;
  private static final List<DeviceNumber> ONE = List.of(new DeviceNumber(253, 1));

  @TempDir private Path root;
  private Path top;
  private Path instance;
  private KernelFiles kernel;

  @BeforeEach
  void makeTree() throws IOException {
    top = root.resolve("sys/kernel/tracing");
    Files.createDirectories(top.resolve("instances"));
    process(PID, 7_001);
    instance = top.resolve("instances/blkwarden-812-7001");
    kernel = RootedFiles.below(root).toOptional().orElseThrow();
  }

  @Test
  void watchesReadsAndRemoves() throws IOException {
    BioTrace trace = open();
    assertThat(content("buffer_size_kb")).isEqualTo("64");
    assertThat(content("events/block/block_bio_queue/enable")).isEqualTo("0");

    assertThat(trace.arm(ONE)).isEmpty();
    assertThat(content("events/block/block_bio_queue/filter")).isEqualTo("dev == 265289729");
    assertThat(content("events/block/block_bio_queue/enable")).isEqualTo("1");

    Files.writeString(instance.resolve("trace"), Captured.text("block_bio_queue.trace.txt"));
    Files.writeString(
        instance.resolve("per_cpu/cpu1/stats"),
        Captured.text("per_cpu0-stats.txt").replace("overrun: 0", "overrun: 408"));
    BioBatch batch = trace.drain().toOptional().orElseThrow();
    assertThat(batch.bios()).hasSize(388);
    assertThat(batch.overruns()).isEqualTo(408);
    assertThat(content("trace")).isEmpty();
    assertThat(trace.drain().toOptional().orElseThrow().bios()).isEmpty();

    trace.close();
    assertThat(instance).doesNotExist();
    assertThat(trace.arm(ONE)).contains("trace instance: closed");
  }

  @Test
  void changedDevicesClearTheBuffers() throws IOException {
    try (BioTrace trace = open()) {
      assertThat(trace.arm(ONE)).isEmpty();
      Files.writeString(instance.resolve("trace"), Captured.text("block_bio_queue.trace.txt"));
      assertThat(trace.arm(ONE)).isEmpty();
      assertThat(content("trace")).isNotEmpty();
      assertThat(trace.arm(List.of(new DeviceNumber(253, 2)))).isEmpty();
      assertThat(content("trace")).isEmpty();

      assertThat(trace.arm(List.of())).isEmpty();
      assertThat(content("events/block/block_bio_queue/enable")).isEqualTo("0");
      assertThat(trace.drain()).isEqualTo(ReadResult.present(BioBatch.EMPTY));
    }
  }

  @Test
  void countsByThread() throws IOException {
    try (BioTrace trace = open()) {
      assertThat(trace.arm(ONE)).isEmpty();
      Files.writeString(
          instance.resolve("trace"),
          """
          1.xvda2-0-627 [001] ..... 82.1: block_bio_queue: 253,1 WS 54784 + 128 [1.xvda2-0]
          1.xvda2-0-627 [001] ..... 82.2: block_bio_queue: 253,1 RA 54784 + 8 [1.xvda2-0]
          1.xvda2-0-627 [001] ..... 82.3: block_bio_queue: 253,1 FWS 0 + 0 [1.xvda2-0]
          dd-700 [000] ..... 82.4: block_bio_queue: 253,1 R 8 + 1024 [dd]
          dd-700 [000] ..... 82.5: block_bio_queue: 253,1 D 8 + 1024 [dd]
          not an event
          """);

      BioTally tally =
          BioTally.of(trace, ONE.getFirst(), Duration.ofMillis(1), () -> false, System::nanoTime)
              .toOptional()
              .orElseThrow();

      assertThat(tally.loads())
          .containsExactly(
              new BioTally.Load(700, "dd", 1, 524_288, 0, 0, 1),
              new BioTally.Load(627, "1.xvda2-0", 1, 4_096, 1, 65_536, 1));
      assertThat(tally.lost()).isOne();
      assertThat(tally.cut()).isFalse();
    }
  }

  @Test
  void countedThreadsAreBounded() {
    BioTally tally = new BioTally();
    List<TracedBio> bios =
        IntStream.range(0, 2 * BioTally.MAX_THREADS)
            .mapToObj(pid -> new TracedBio(pid, "dd", ONE.getFirst(), 8, "R"))
            .toList();
    tally.add(new BioBatch(bios, 3, 0, true));
    assertThat(tally.loads()).hasSize(BioTally.MAX_THREADS);
    assertThat(tally.lost()).isEqualTo(BioTally.MAX_THREADS + 3);
    assertThat(tally.cut()).isTrue();
  }

  @Test
  void limitsWatchedDevices() throws IOException {
    List<DeviceNumber> many =
        IntStream.range(0, 100).mapToObj(minor -> new DeviceNumber(253, minor)).toList();
    try (BioTrace trace = open()) {
      assertThat(trace.arm(many)).isEmpty();
      assertThat(content("events/block/block_bio_queue/filter"))
          .isEqualTo(BioTrace.filter(many.subList(0, 32)))
          .endsWith("dev == 265289759");
      assertThat(trace.arm(many)).isEmpty();
      assertThat(content("events/block/block_bio_queue/filter"))
          .isEqualTo(BioTrace.filter(many.subList(32, 64)));
    }
  }

  @Test
  void removesInstancesOfDeadProcessesOnly() throws IOException {
    process(4_000, 9_000);
    for (String name :
        List.of(
            "blkwarden", "blkwarden-1-5", "blkwarden-4000-9000", "blkwarden-4000-8999", "lab")) {
      Files.createDirectories(top.resolve("instances").resolve(name));
    }
    try (BioTrace trace = open()) {
      assertThat(trace.leftovers()).isEmpty();
      assertThat(names())
          .containsExactlyInAnyOrder("blkwarden-4000-9000", "blkwarden-812-7001", "lab");
    }
  }

  @Test
  void reportsABusyInstance() {
    TraceFiles busy =
        new Tree(top) {
          @Override
          Optional<String> removeDirectory(String path) {
            return path.endsWith("blkwarden-1-5")
                ? Optional.of(path + ": Device or resource busy")
                : super.removeDirectory(path);
          }
        };
    assertThat(busy.makeDirectory("instances/blkwarden-1-5")).isEmpty();

    try (BioTrace trace = BioTrace.open(busy, kernel, PID).toOptional().orElseThrow()) {
      assertThat(trace.leftovers())
          .containsExactly(
              "cannot remove an instance of an earlier run: instances/blkwarden-1-5: Device or"
                  + " resource busy");
      assertThat(trace.arm(ONE)).isEmpty();
    }
  }

  @Test
  void reportsWhatIsMissing() throws IOException {
    Files.delete(top.resolve("instances"));
    assertThat(BioTrace.open(root, kernel, PID).describe())
        .contains("tracefs is not mounted at " + top)
        .contains("debug/tracing does not exist");
    Check check = TraceCheck.run(root, kernel, PID);
    assertThat(check.state()).isEqualTo(Check.State.WARN);
    assertThat(check.remedy()).contains("mount -t tracefs");

    Files.createDirectories(top.resolve("instances"));
    // a kernel without the event
    assertThat(BioTrace.open(root, kernel, PID).describe())
        .contains("no event block:block_bio_queue");
    assertThat(names()).isEmpty();
    assertThat(BioTrace.open(new Tree(top), kernel, 4_711)).isInstanceOf(ReadResult.Absent.class);
  }

  @Test
  void refusesASecondInstanceOfOneProcess() {
    try (BioTrace trace = open()) {
      assertThat(trace.leftovers()).isEmpty();
      assertThat(BioTrace.open(new Tree(top), kernel, PID).describe()).contains("already exists");
    }
  }

  private BioTrace open() {
    return switch (BioTrace.open(new Tree(top), kernel, PID)) {
      case ReadResult.Present<BioTrace>(BioTrace trace) -> trace;
      case ReadResult<BioTrace> none -> throw new AssertionError(none.describe());
    };
  }

  private String content(String path) throws IOException {
    return Files.readString(instance.resolve(path));
  }

  private List<String> names() throws IOException {
    try (Stream<Path> entries = Files.list(top.resolve("instances"))) {
      return entries.map(entry -> entry.getFileName().toString()).toList();
    }
  }

  private void process(int pid, long startTicks) throws IOException {
    Path directory = Files.createDirectories(root.resolve("proc/" + pid));
    Files.writeString(
        directory.resolve("stat"),
        "%d (java) S 1 1 1 0 -1 4194560 0 0 0 0 0 0 0 0 20 0 20 0 %d 0 0\n"
            .formatted(pid, startTicks));
  }

  /** Emulates tracefs: a new instance has its files, and is removed with them. */
  private static class Tree extends TraceFiles {
    private final Path top;

    Tree(Path top) {
      super(top);
      this.top = top;
    }

    @Override
    Optional<String> makeDirectory(String path) {
      Optional<String> problem = super.makeDirectory(path);
      if (problem.isEmpty()) {
        for (String file :
            List.of(
                "trace",
                "tracing_on",
                "buffer_size_kb",
                "per_cpu/cpu0/stats",
                "per_cpu/cpu1/stats",
                BioTrace.EVENT + "/enable",
                BioTrace.EVENT + "/filter")) {
          try {
            Path made = top.resolve(path).resolve(file);
            Files.createDirectories(made.getParent());
            Files.writeString(made, "");
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        }
      }
      return problem;
    }

    @Override
    Optional<String> removeDirectory(String path) {
      try (Stream<Path> below = Files.walk(top.resolve(path))) {
        for (Path file : below.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
        return Optional.empty();
      } catch (IOException e) {
        return Optional.of(path + ": " + e.getMessage());
      }
    }
  }
}
