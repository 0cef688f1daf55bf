package io.blkwarden.agent.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.agent.backend.tapdisk.CapturedTapdisks;
import io.blkwarden.model.MappedDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The check of a tapdisk's disk right before it is throttled, on a captured dom0. */
final class TapdiskGateTest {
  @TempDir private Path directory;
  private CapturedTapdisks host;
  private MappedDisk swap;

  @BeforeEach
  void unpack() throws IOException, InterruptedException {
    host = CapturedTapdisks.unpack(directory);
    swap = host.disk(1, 51714);
  }

  private Optional<String> objection() throws IOException {
    BackendGate gate = new BackendGate(host.store(), host.files());
    gate.check(swap);
    return gate.objection(swap);
  }

  @Test
  void servedDiskPasses() throws IOException {
    assertThat(objection()).isEmpty();
  }

  @Test
  void killedTapdiskIsRefused() throws IOException {
    host.kill(331);
    assertThat(objection().orElseThrow()).contains("tapdisk 331");
  }

  @Test
  void restartedTapdiskWithItsPidIsRefused() throws IOException {
    host.replace("proc/331/stat", " 75939 ", " 99999 ");
    host.replace("proc/331/task/331/stat", " 75939 ", " 99999 ");
    assertThat(objection().orElseThrow()).contains("startTicks=75939", "startTicks=99999");
  }

  @Test
  void ringThatIsClosedIsRefused() throws IOException {
    host.close(331, "/dev/shm/td3-331/vbd-1-51714");
    assertThat(objection().orElseThrow()).contains("vbd3-1-51714 in tapdisk 331");
  }

  @Test
  void closingBackendIsRefused() throws IOException {
    host.replace("xenstore.txt", "1/51714/state = \"4\"", "1/51714/state = \"5\"");
    assertThat(objection().orElseThrow()).contains("state: expected 4, found 5");
  }

  /** NFS, SMB and other storage without a local block device. */
  @Test
  void imageWithoutALocalDeviceIsRefused() throws IOException {
    host.replace(
        "proc/mounts",
        "/dev/mapper/vg-extsr /run/sr-mount/ext1 ext4",
        "filer:/vol/xen /run/sr-mount/ext1 nfs");
    swap = host.disk(1, 51714);

    assertThat(swap.physical()).isEmpty();
    assertThat(objection().orElseThrow())
        .isEqualTo(
            "no restraint acts on the disk: its image is on no local block device, or paused");
  }
}
