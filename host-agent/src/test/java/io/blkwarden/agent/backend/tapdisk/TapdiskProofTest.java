package io.blkwarden.agent.backend.tapdisk;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.agent.kernel.KernelFiles;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MappingState;
import io.blkwarden.model.Proof;
import io.blkwarden.model.UnresolvedReason;
import io.blkwarden.model.Worker;
import io.blkwarden.model.WorkerKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Which tapdisk serves which disk, on a captured dom0 and on changes of it. */
final class TapdiskProofTest {
  private static final int ROOT_DISK = 51713;
  private static final int SWAP_DISK = 51714;
  private static final int ISO = 51760;

  @TempDir private Path directory;
  private CapturedTapdisks host;

  @BeforeEach
  void unpack() throws IOException, InterruptedException {
    host = CapturedTapdisks.unpack(directory);
  }

  private void assertUnresolved(MappedDisk disk, UnresolvedReason reason) {
    assertThat(disk.state()).as("%s", disk).isEqualTo(MappingState.UNRESOLVED);
    assertThat(disk.reason()).isEqualTo(reason);
    assertThat(disk.workers()).isEmpty();
  }

  @Test
  void eachDiskHasTheTapdiskThatServesIt() throws IOException {
    JsonNode truth = JsonMapper.builder().build().readTree(Files.readString(host.truth()));
    List<String> expected = new ArrayList<>();
    for (JsonNode vbd : truth.get("vbds")) {
      expected.add(
          "%d %d pid %d start %d"
              .formatted(
                  vbd.get("domid").asInt(),
                  vbd.get("handle").asInt(),
                  vbd.get("pid").asInt(),
                  vbd.get("starttime_ticks").asLong()));
    }
    assertThat(host.map())
        .allMatch(disk -> disk.state() == MappingState.RESOLVED)
        .map(disk -> {
          Worker worker = disk.workers().getFirst();
          assertThat(worker.kind()).isEqualTo(WorkerKind.TAPDISK);
          assertThat(worker.proof()).isEqualTo(Proof.OPEN_FILES);
          return "%d %d pid %d start %d"
              .formatted(
                  disk.domain().domid(), disk.disk().handle(), worker.pid(), worker.startTicks());
        })
        .containsExactlyElementsOf(expected);
  }

  @Test
  void volumeIsTheImage() throws IOException {
    MappedDisk raw = host.disk(1, ROOT_DISK);
    assertThat(raw.volume().path()).isEqualTo("/dev/vg/vm101_img");
    assertThat(raw.volume().device()).hasToString("253:0");
    assertThat(raw.physical()).extracting(device -> device.name()).containsExactly("vdb");

    MappedDisk file = host.disk(1, SWAP_DISK);
    assertThat(file.volume().path()).startsWith("/run/sr-mount/ext1/").endsWith(".vhd");
    assertThat(file.volume().device()).isNull();
    assertThat(file.physical()).extracting(device -> device.name()).containsExactly("vdb");
  }

  @Test
  void readOnlyParentIsNotTheImage() throws IOException {
    host.open(331, 40, "/run/sr-mount/ext1/parent.vhd");
    Files.writeString(host.at("proc/331/fdinfo/40"), "pos:\t0\nflags:\t0140000\nmnt_id:\t33\n");

    assertThat(host.disk(1, SWAP_DISK).volume().path()).doesNotContain("parent");
  }

  @Test
  void killedTapdiskServesNothing() throws IOException {
    host.kill(331);

    assertUnresolved(host.disk(1, SWAP_DISK), UnresolvedReason.NO_THREAD_YET);
    assertThat(host.disk(1, ROOT_DISK).state()).isEqualTo(MappingState.RESOLVED);
  }

  @Test
  void reusedPidServesNothing() throws IOException {
    host.replace("proc/331/stat", "(tapdisk)", "(rsync)");
    assertUnresolved(host.disk(1, SWAP_DISK), UnresolvedReason.NO_THREAD_YET);
  }

  @Test
  void processWithAnotherExecutableIsNoTapdisk() throws IOException {
    Files.delete(host.at("proc/331/exe"));
    Files.createSymbolicLink(host.at("proc/331/exe"), Path.of("/usr/bin/python3"));
    assertUnresolved(host.disk(1, SWAP_DISK), UnresolvedReason.NO_THREAD_YET);
  }

  @Test
  void replacedExecutableIsStillATapdisk() throws IOException {
    Files.delete(host.at("proc/331/exe"));
    Files.createSymbolicLink(host.at("proc/331/exe"), Path.of("/usr/libexec/tapdisk (deleted)"));
    assertThat(host.disk(1, SWAP_DISK).state()).isEqualTo(MappingState.RESOLVED);
  }

  /** After an unplug kthread-pid, and here even state 4, are still in xenstore. */
  @Test
  void unpluggedRingIsNotServed() throws IOException {
    host.close(331, "/dev/shm/vbd3-1-51714");
    host.close(331, "/dev/shm/td3-331/vbd-1-51714");
    assertUnresolved(host.disk(1, SWAP_DISK), UnresolvedReason.NO_THREAD_YET);

    host.replace("xenstore.txt", "51714/state = \"4\"", "51714/state = \"6\"");
    assertUnresolved(host.disk(1, SWAP_DISK), UnresolvedReason.NOT_CONNECTED);
  }

  @Test
  void oneOfTheTwoFilesIsNotEnough() throws IOException {
    host.close(331, "/dev/shm/vbd3-1-51714/statistics");
    assertUnresolved(host.disk(1, SWAP_DISK), UnresolvedReason.NO_THREAD_YET);
  }

  @Test
  void statisticsOfAnotherPidProveNothing() throws IOException {
    host.close(331, "/dev/shm/td3-331/vbd-1-51714");
    host.open(331, 41, "/dev/shm/td3-999/vbd-1-51714");
    assertUnresolved(host.disk(1, SWAP_DISK), UnresolvedReason.NO_THREAD_YET);
  }

  @Test
  void pidInXenstoreIsIgnored() throws IOException {
    host.replace("xenstore.txt", "kthread-pid = \"331\"", "kthread-pid = \"343\"");
    assertThat(host.disk(1, SWAP_DISK).workers().getFirst().pid()).isEqualTo(331);
  }

  @Test
  void twoTapdisksOnOneRingConflict() throws IOException {
    host.open(343, 42, "/dev/shm/td3-343/vbd-1-51714");
    host.open(343, 43, "/dev/shm/vbd3-1-51714/statistics");
    assertUnresolved(host.disk(1, SWAP_DISK), UnresolvedReason.CONFLICTING_PROOFS);
  }

  @Test
  void ringOfAnUnknownDiskConflicts() throws IOException {
    host.open(331, 44, "/dev/shm/td3-331/vbd-9-51712");
    host.open(331, 45, "/dev/shm/vbd3-9-51712/statistics");
    assertUnresolved(host.disk(1, SWAP_DISK), UnresolvedReason.CONFLICTING_PROOFS);
  }

  @Test
  void sharedImageHasOneTapdiskForBothGuests() throws IOException {
    assertThat(host.disk(1, ISO).workers()).isEqualTo(host.disk(2, ISO).workers());
  }

  /** A tapdisk of a qcow2 image submits from a second thread. */
  @Test
  void allThreadsAreWorkers() throws IOException {
    Path second = Files.createDirectories(host.at("proc/331/task/900"));
    String stat = Files.readString(host.at("proc/331/task/331/stat"));
    Files.writeString(
        second.resolve("stat"),
        stat.replace("331 (tapdisk)", "900 (tapdisk)").replace("75939", "76001"));

    assertThat(host.disk(1, SWAP_DISK).workers())
        .extracting(worker -> worker.pid() + " " + worker.startTicks())
        .containsExactly("331 75939", "900 76001");
  }

  @Test
  void openFilesThatCannotBeReadProveNothing() throws IOException {
    KernelFiles real = host.files();
    KernelFiles refused =
        new KernelFiles() {
          @Override
          public ReadResult<String> read(String path) {
            return real.read(path);
          }

          @Override
          public ReadResult<List<String>> list(String path) {
            return path.equals("proc/331/fd")
                ? ReadResult.failed(path + ": permission denied")
                : real.list(path);
          }

          @Override
          public ReadResult<String> link(String path) {
            return real.link(path);
          }
        };
    List<MappedDisk> disks = host.map(refused);

    assertThat(disks)
        .filteredOn(disk -> disk.state() == MappingState.UNRESOLVED)
        .singleElement()
        .satisfies(disk -> {
          assertUnresolved(disk, UnresolvedReason.SOURCE_UNREADABLE);
          assertThat(Objects.requireNonNull(disk.disk()).handle()).isEqualTo(SWAP_DISK);
        });
  }

  /** XCP-ng 8: blkback opens the kernel's tapdev, and the tapdisk behind it does the I/O. */
  @Test
  void blkbackOnATapdevIsServedByItsTapdisk() throws IOException {
    Files.writeString(
        host.at("proc/devices"), "Character devices:\n  1 mem\n\nBlock devices:\n252 tapdev\n");
    String node = "/local/domain/0/backend/vbd/1/51728";
    Files.writeString(
        host.at("xenstore.txt"),
        Files.readString(host.at("xenstore.txt"))
            + """
            %1$s/dev = "xvdb"
            %1$s/state = "4"
            %1$s/online = "1"
            %1$s/mode = "w"
            %1$s/physical-device = "fc:7"
            %1$s/params = "/dev/sm/backend/sr/vdi"
            """
                .formatted(node));
    Path device = Files.createDirectories(host.at("sys/bus/xen-backend/devices/vbd-1-51728"));
    Files.writeString(device.resolve("physical_device"), "fc:7\n");
    assertUnresolved(host.disk(1, 51728), UnresolvedReason.NO_THREAD_YET);

    host.open(315, 46, "/dev/xen/blktap-2/blktap7");
    MappedDisk disk = host.disk(1, 51728);
    assertThat(disk.workers().getFirst().pid()).isEqualTo(315);
    assertThat(disk.volume().device()).hasToString("253:0");
    assertThat(host.disk(1, ROOT_DISK).workers()).isEqualTo(disk.workers());
  }
}
