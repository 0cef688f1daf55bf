package io.blkwarden.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.agent.files.RootedFiles;
import io.blkwarden.agent.mapping.verdict.RolePatterns;
import io.blkwarden.agent.trace.BioBatch;
import io.blkwarden.agent.trace.BioTally;
import io.blkwarden.agent.trace.TracedBio;
import io.blkwarden.model.DeviceNumber;
import io.blkwarden.model.MappedDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The output of {@code trace} and the names of devices, with the map of a captured dom0. */
final class TraceReportTest {
  private static final Path CAPTURE =
      Path.of(System.getProperty("basedir", ""), "src/test/resources/capture-4.17");

  private final RootedFiles files = RootedFiles.below(CAPTURE).toOptional().orElseThrow();
  private final List<MappedDisk> disks =
      HostMap.settled(
              HostSources.captured(files).toOptional().orElseThrow(),
              RolePatterns.DEFAULTS,
              Duration.ZERO)
          .resolution()
          .disks();
  private final DeviceNumber device = new DeviceNumber(253, 0);
  private final BioTally tally = new BioTally();

  private TraceReport report(long startTicks, int rows) {
    return new TraceReport("vm101/xvda1", device, tally, disks, startTicks, rows);
  }

  private TracedBio bio(int pid, String comm, long sectors, String rwbs) {
    return new TracedBio(pid, comm, device, sectors, rwbs);
  }

  @Test
  void namesTheDiskOfAProvenWorkerOnly() {
    tally.add(
        new BioBatch(
            List.of(
                bio(563, "1.xvda1-0", 16, "W"), bio(563, "dd", 8, "R"), bio(900, "jbd2", 8, "WS")),
            0,
            0,
            false));

    assertThat(report(4150, 50).text().lines())
        .containsExactly(
            "PID  THREAD     WORKER OF    READS  BYTES  WRITES  BYTES  OTHER",
            "563  1.xvda1-0  vm101/xvda1  0      0      1       8192   0",
            "563  dd         -            1      4096   0       0      0",
            "900  jbd2       -            0      0      1       4096   0");
    assertThat(report(4149, 50).text()).as("started later").doesNotContain("vm101");
    assertThat(report(4150, 50).notes()).isEmpty();
    assertThat(report(4150, 1).json())
        .isEqualTo(
            "{\"schema\":\"blkwarden.trace.v1\",\"disk\":\"vm101/xvda1\",\"device\":\"253:0\","
                + "\"lost\":0,\"cut\":false,\"threads_total\":3,\"threads\":[{\"pid\":563,"
                + "\"comm\":\"1.xvda1-0\",\"worker_of\":\"vm101/xvda1\",\"reads\":0,"
                + "\"read_bytes\":0,\"writes\":1,\"write_bytes\":8192,\"others\":0}]}");
  }

  @Test
  void notesWhatIsMissing() {
    assertThat(report(0, 50).notes()).containsExactly("no I/O on device 253:0");
    tally.add(new BioBatch(List.of(bio(1, "a", 8, "R"), bio(2, "b", 8, "R")), 7, 1, true));
    assertThat(report(0, 1).notes())
        .containsExactly(
            "1 more threads; see --rows", "more than 8 events lost: the numbers are lower bounds");
  }

  @Test
  void findsTheDevice(@TempDir Path root) throws IOException {
    Path sysfs = Files.createDirectories(root.resolve("sys/class/block/dm-0"));
    Files.writeString(sysfs.resolve("dev"), "253:0\n");
    RootedFiles host = RootedFiles.below(root).toOptional().orElseThrow();
    for (String name : List.of("vm101/xvda1", "/dev/vg/vm101_img", "dm-0", "/dev/dm-0")) {
      assertThat(TraceCommand.device(host, disks, name).toOptional()).as(name).contains(device);
    }
    assertThat(TraceCommand.device(files, disks, "vm999/xvda1").describe())
        .contains("no disk vm999/xvda1 on this host");
    assertThat(TraceCommand.device(files, disks, "dm-99").isPresent()).isFalse();
    assertThat(TraceCommand.device(files, disks, "..").isPresent()).isFalse();
  }
}
