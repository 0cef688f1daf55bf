package io.blkwarden.agent.backend.qdisk;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.agent.backend.tapdisk.CapturedTapdisks;
import io.blkwarden.model.Actuator;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MappingState;
import io.blkwarden.model.PhysicalDevice;
import io.blkwarden.model.UnresolvedReason;
import io.blkwarden.model.Worker;
import io.blkwarden.model.WorkerKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Disks that QEMU serves: the captured dom0, to which the test adds a QEMU and a disk on its
 * logical volume {@code vg/extsr}.
 */
final class QemuProofTest {
  private static final String DIRECT = "0140002";
  private static final String CACHED = "0100002";

  @TempDir private Path directory;
  private CapturedTapdisks host;

  @BeforeEach
  void unpack() throws IOException, InterruptedException {
    host = CapturedTapdisks.unpack(directory);
    Files.writeString(
        host.at("xenstore.txt"),
        Files.readString(host.at("xenstore.txt"))
            + """
            %1$s/dev = "xvdb"
            %1$s/state = "4"
            %1$s/online = "1"
            %1$s/mode = "w"
            %1$s/params = "aio:/dev/vg/extsr"
            """
                .formatted("/local/domain/0/backend/qdisk/1/51728"));
  }

  private void qemu(String guest, String flags) throws IOException {
    Path process = Files.createDirectories(host.at("proc/700"));
    for (int tid : new int[] {700, 705}) {
      Path task = Files.createDirectories(process.resolve("task/" + tid));
      Files.writeString(
          task.resolve("stat"),
          "%d (xen-qemu-system) S 1 700 700 0 -1 4194624 0 0 0 0 1 1 0 0 20 0 2 0 %d 1 1 1\n"
              .formatted(tid, 80_000 + tid));
    }
    Files.copy(process.resolve("task/700/stat"), process.resolve("stat"));
    Files.writeString(
        process.resolve("cmdline"),
        "/usr/libexec/xen-qemu-system-i386\0-xen-domid\0" + guest + "\0-name\0vm101\0");
    Files.createDirectories(process.resolve("fd"));
    Files.createDirectories(process.resolve("fdinfo"));
    Files.createSymbolicLink(process.resolve("exe"), Path.of("/usr/libexec/xen-qemu-system-i386"));
    host.open(700, 11, "/dev/dm-2");
    Files.writeString(process.resolve("fdinfo/11"), "pos:\t0\nflags:\t" + flags + "\n");
  }

  private MappedDisk disk() throws IOException {
    return host.disk(1, 51728);
  }

  @Test
  void directImageIsServedByAllThreads() throws IOException {
    qemu("1", DIRECT);

    MappedDisk disk = disk();
    assertThat(disk.state()).isEqualTo(MappingState.RESOLVED);
    assertThat(disk.workers()).extracting(Worker::pid).containsExactly(700, 705);
    assertThat(disk.workers()).extracting(Worker::kind).containsOnly(WorkerKind.QEMU);
    assertThat(disk.volume().path()).isEqualTo("/dev/vg/extsr");
    assertThat(disk.physical())
        .extracting(PhysicalDevice::actuator)
        .containsExactly(Actuator.CLASS_ONLY);
  }

  /** The default of libxl: the kernel writes the page cache to the device. */
  @Test
  void cachedImageIsIneffective() throws IOException {
    qemu("1", CACHED);

    MappedDisk disk = disk();
    assertThat(disk.workers()).extracting(Worker::pid).containsExactly(700);
    assertThat(disk.physical())
        .extracting(PhysicalDevice::actuator)
        .containsExactly(Actuator.INEFFECTIVE);
    assertThat(disk.volume().cached()).isTrue();
    assertThat(disk.unrestrainable().orElseThrow()).contains("page cache");
  }

  @Test
  void qemuOfAnotherGuestProvesNothing() throws IOException {
    qemu("2", DIRECT);
    assertThat(disk().reason()).isEqualTo(UnresolvedReason.UNSUPPORTED_BACKEND);
  }

  @Test
  void qemuWithoutTheImageProvesNothing() throws IOException {
    qemu("1", DIRECT);
    host.close(700, "/dev/dm-2");
    assertThat(disk().reason()).isEqualTo(UnresolvedReason.UNSUPPORTED_BACKEND);
  }

  @Test
  void otherProgramOfThatNameProvesNothing() throws IOException {
    qemu("1", DIRECT);
    Files.delete(host.at("proc/700/exe"));
    Files.createSymbolicLink(host.at("proc/700/exe"), Path.of("/usr/bin/python3"));
    assertThat(disk().reason()).isEqualTo(UnresolvedReason.UNSUPPORTED_BACKEND);
  }
}
