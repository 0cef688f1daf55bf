package io.blkwarden.agent.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.agent.files.RootedFiles;
import io.blkwarden.agent.kernel.KernelFiles;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.commandline.Check;
import io.blkwarden.model.DeviceNumber;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tests on the real kernel, with a private tracefs mount and I/O to a loop device. Without
 * permission, they check that tracing is reported as not available.
 */
final class RealTraceTest {
  private static final int PID = Math.toIntExact(ProcessHandle.current().pid());

  @TempDir private Path root;
  private Path top;
  private boolean mounted;
  private final KernelFiles kernel = RootedFiles.below(Path.of("/")).toOptional().orElseThrow();

  @BeforeEach
  void mount() throws Exception {
    top = Files.createDirectories(root.resolve("sys/kernel/tracing"));
    mounted = run("mount", "-t", "tracefs", "tracefs", top.toString()).isPresent();
  }

  @AfterEach
  void unmount() throws Exception {
    assertThat(!mounted || run("umount", top.toString()).isPresent()).isTrue();
  }

  @Test
  void tracesTheSubmittingThread() throws Exception {
    if (!mounted) {
      reportsUnavailable();
      return;
    }
    Path disk = Files.write(root.resolve("disk"), new byte[1 << 20]);
    Path loop = Path.of(run("losetup", "--find", "--show", disk.toString()).orElseThrow().strip());
    try (BioTrace trace = open()) {
      DeviceNumber device =
          DeviceNumber.parse(
              Files.readString(Path.of("/sys/block/" + loop.getFileName() + "/dev")).strip());
      assertThat(trace.arm(List.of(device))).isEmpty();

      Map<String, Integer> submitters = new HashMap<>();
      submit(loop, "a-1 [000] b", submitters);
      submit(loop, "1.xvda2-0", submitters);

      BioBatch batch = trace.drain().toOptional().orElseThrow();
      assertThat(batch.skippedLines()).isZero();
      assertThat(submitters).hasSize(2);
      submitters.forEach((comm, tid) ->
          assertThat(batch.bios())
              .anySatisfy(bio -> {
                assertThat(bio.pid()).isEqualTo(tid);
                assertThat(bio.comm()).isEqualTo(comm);
                assertThat(bio.device()).isEqualTo(device);
                assertThat(bio.rwbs()).contains("W");
                assertThat(bio.sectors()).isEqualTo(8);
              }));
      assertThat(batch.bios()).allMatch(bio -> bio.device().equals(device));
      assertThat(trace.drain().toOptional().orElseThrow().bios())
          .noneMatch(bio -> submitters.containsKey(bio.comm()));

      assertThat(trace.arm(List.of())).isEmpty();
      submit(loop, "unseen", submitters);
      assertThat(trace.drain()).isEqualTo(ReadResult.present(BioBatch.EMPTY));
    } finally {
      assertThat(run("losetup", "--detach", loop.toString())).isPresent();
    }
    assertThat(ownInstances()).isEmpty();
  }

  @Test
  void acceptsAFullFilter() throws Exception {
    if (!mounted) {
      reportsUnavailable();
      return;
    }
    List<DeviceNumber> many = new ArrayList<>();
    for (int minor = 0; minor < BioTrace.MAX_DEVICES; minor++) {
      many.add(new DeviceNumber(4_095, 1_048_575 - minor));
    }
    try (BioTrace trace = open()) {
      assertThat(trace.arm(many)).isEmpty();
      String filter = "instances/" + ownInstances().getFirst() + "/" + BioTrace.EVENT + "/filter";
      // only the first read returns all of it, so not Files.readString
      assertThat(new TraceFiles(top).read(filter, 4_096).orElse("none"))
          .contains("dev == 4294967295");
    }
  }

  @Test
  void reportsAnOpenInstanceAndRemovesItLater() throws Exception {
    if (!mounted) {
      reportsUnavailable();
      return;
    }
    // no running process started at tick 1
    Path left = top.resolve("instances/blkwarden-" + PID + "-1");
    Files.createDirectory(left);
    try (InputStream pipe = Files.newInputStream(left.resolve("trace_pipe"));
        BioTrace trace = open()) {
      assertThat(trace.leftovers())
          .anySatisfy(problem -> assertThat(problem).contains(left.toString()).contains("busy"));
      assertThat(pipe).isNotNull();
    }
    assertThat(TraceCheck.run(root, kernel, PID).state()).isEqualTo(Check.State.OK);
    assertThat(left).doesNotExist();
    assertThat(ownInstances()).isEmpty();
  }

  private void reportsUnavailable() {
    assertThat(BioTrace.open(root, kernel, PID).describe()).contains("not mounted");
    assertThat(TraceCheck.run(root, kernel, PID).remedy()).contains("mount -t tracefs");
  }

  private BioTrace open() {
    return switch (BioTrace.open(root, kernel, PID)) {
      case ReadResult.Present<BioTrace>(BioTrace trace) -> trace;
      case ReadResult<BioTrace> none -> throw new AssertionError(none.describe());
    };
  }

  private List<String> ownInstances() throws IOException {
    try (Stream<Path> entries = Files.list(top.resolve("instances"))) {
      return entries
          .map(entry -> entry.getFileName().toString())
          .filter(name -> name.startsWith("blkwarden-" + PID + "-"))
          .toList();
    }
  }

  /** Writes a page to the device, synchronously, on a thread with this name. */
  private static void submit(Path device, String name, Map<String, Integer> submitters)
      throws Exception {
    FutureTask<Integer> write =
        new FutureTask<>(() -> {
          try (FileChannel channel = FileChannel.open(device, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[4_096]));
            channel.force(true);
          }
          // links to PID/task/TID
          Path self = Files.readSymbolicLink(Path.of("/proc/thread-self"));
          return Integer.parseInt(self.getFileName().toString());
        });
    Thread.ofPlatform().name(name).start(write);
    submitters.put(name, write.get());
  }

  private static Optional<String> run(String... command) throws Exception {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return process.waitFor() == 0 ? Optional.of(output) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
