package io.blkwarden.agent.restraint;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.agent.files.RootedFiles;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.lease.LimitGroups;
import io.blkwarden.model.DeviceNumber;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files of cgroup v1 in a directory; the lab has the kernel's own. */
final class CgroupV1LimitsTest {
  private static final DeviceNumber DISK = new DeviceNumber(253, 1);
  private static final String GROUP = "/blkwarden/01JD";
  private static final String READS = "blkio.throttle.read_iops_device";
  private static final String WRITES = "blkio.throttle.write_iops_device";

  @TempDir private Path root;
  private Path tree;
  private LimitGroups limits;

  @BeforeEach
  void plant() throws IOException {
    tree = root.toRealPath().resolve("sys/fs/cgroup/blkio");
    put(READS, "");
    put("tasks", "");
    put("vm.slice/tasks", "");
    put("blkwarden/01JD/" + READS, "");
    put("blkwarden/01JD/" + WRITES, "");
    put("blkwarden/01JD/notify_on_release", "1\n");
    put("blkwarden/01JD/tasks", "");
    limits = CgroupLimits.of(RootedFiles.below(root).toOptional().orElseThrow(), root.toRealPath());
  }

  private void put(String path, String text) throws IOException {
    Files.createDirectories(tree.resolve(path).getParent());
    Files.writeString(tree.resolve(path), text);
  }

  private String at(String path) throws IOException {
    return Files.readString(tree.resolve(path));
  }

  @Test
  void isUsedWhereItIsMounted() {
    assertThat(limits.unavailable()).isEmpty();
    assertThat(limits.hierarchy()).contains("cgroup v1", "buffered writes");
  }

  @Test
  void limitIsARuleForReadsAndOneForWrites() throws IOException {
    assertThat(limits.limit(GROUP, DISK, 20)).isEmpty();

    assertThat(at("blkwarden/01JD/" + READS)).isEqualTo("253:1 20");
    assertThat(at("blkwarden/01JD/" + WRITES)).isEqualTo("253:1 20");
    assertThat(at("blkwarden/01JD/notify_on_release")).isEqualTo("0");
    assertThat(limits.limitOf(GROUP, DISK)).isEqualTo(ReadResult.present(20));
  }

  @Test
  void differentRulesAreNotOurLimit() throws IOException {
    put("blkwarden/01JD/" + READS, "8:0 7\n253:1 20\n");
    put("blkwarden/01JD/" + WRITES, "253:1 30\n");
    assertThat(limits.limitOf(GROUP, DISK)).isInstanceOf(ReadResult.Malformed.class);

    put("blkwarden/01JD/" + WRITES, "253:11 20\n");
    assertThat(limits.limitOf(GROUP, DISK)).isInstanceOf(ReadResult.Absent.class);
  }

  @Test
  void threadIsMovedAlone() throws IOException {
    assertThat(limits.move(1234, GROUP)).isEmpty();
    assertThat(at("blkwarden/01JD/tasks")).isEqualTo("1234");

    assertThat(limits.move(1234, "/vm.slice")).isEmpty();
    assertThat(at("vm.slice/tasks")).isEqualTo("1234");
  }

  @Test
  void readsTheGroupOfAThread() throws IOException {
    Files.createDirectories(root.resolve("proc/1234"));
    Files.writeString(
        root.resolve("proc/1234/cgroup"),
        "11:cpu,cpuacct:/x\n4:blkio:/vm.slice\n1:name=systemd:/y\n0::/z\n");
    assertThat(limits.groupOf(1234)).isEqualTo(ReadResult.present("/vm.slice"));

    Files.writeString(root.resolve("proc/1234/cgroup"), "0::/z\n");
    assertThat(limits.groupOf(1234)).isInstanceOf(ReadResult.Malformed.class);
  }

  @Test
  void groupThatIsGoneIsRemoved() {
    assertThat(limits.remove("/blkwarden/other")).isEmpty();
    assertThat(limits.remove("/vm.slice")).isPresent();
  }
}
