package io.blkwarden.agent.restraint;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.agent.files.RootedFiles;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.lease.LimitGroups;
import io.blkwarden.model.DeviceNumber;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Writes to a tree of plain files that emulates cgroup v2. */
final class CgroupV2LimitsTest {
  private static final DeviceNumber DISK = new DeviceNumber(253, 1);
  private static final String GROUP = "/blkwarden/01JD";

  @TempDir Path root;

  private Path tree;
  private LimitGroups limits;

  @BeforeEach
  void plant() throws IOException {
    tree = root.toRealPath().resolve("sys/fs/cgroup");
    put("cgroup.controllers", "cpuset cpu io memory\n");
    put("cgroup.subtree_control", "memory\n");
    put("cgroup.procs", "");
    limits = CgroupLimits.of(RootedFiles.below(root).toOptional().orElseThrow(), root.toRealPath());
  }

  private void put(String path, String text) throws IOException {
    Files.createDirectories(tree.resolve(path).getParent());
    Files.writeString(tree.resolve(path), text);
  }

  private String at(String path) throws IOException {
    return Files.readString(tree.resolve(path));
  }

  /** The files that the kernel creates in a group. */
  private void plantGroup() throws IOException {
    put("blkwarden/cgroup.subtree_control", "");
    put("blkwarden/01JD/io.max", "");
    put("blkwarden/01JD/cgroup.procs", "");
  }

  @Test
  void limitEnablesTheControllerAndCreatesTheGroup() throws IOException {
    plantGroup();

    assertThat(limits.unavailable()).isEmpty();
    assertThat(limits.limit(GROUP, DISK, 20)).isEmpty();

    assertThat(at("cgroup.subtree_control")).isEqualTo("+io");
    assertThat(at("blkwarden/cgroup.subtree_control")).isEqualTo("+io");
    assertThat(at("blkwarden/01JD/io.max")).isEqualTo("253:1 riops=20 wiops=20");
  }

  @ParameterizedTest
  @CsvSource({
    "8:21, 8:16, pci0000:00/host0/block/sdb/sdb5",
    "259:2, 259:0, pci0000:00/nvme/nvme0/nvme0n1/nvme0n1p2",
    "259:9, 9:126, virtual/block/md126/md126p1",
    "179:2, 179:0, platform/mmc0/block/mmcblk0/mmcblk0p2",
  })
  void partitionIsLimitedOnItsDisk(String partition, String disk, String place) throws IOException {
    Path path = root.resolve("sys/devices/" + place);
    Path whole = Objects.requireNonNull(path.getParent());
    Files.createDirectories(path);
    Files.writeString(path.resolve("dev"), partition + "\n");
    Files.writeString(whole.resolve("dev"), disk + "\n");
    link("sys/dev/block/" + partition, path);
    link("sys/dev/block/" + disk, whole);
    link("sys/block/" + whole.getFileName(), whole);

    ReadResult<DeviceNumber> expected = ReadResult.present(DeviceNumber.parse(disk));
    assertThat(limits.limited(DeviceNumber.parse(partition))).isEqualTo(expected);
    assertThat(limits.limited(DeviceNumber.parse(disk))).isEqualTo(expected);
  }

  @Test
  void fileIsLimitedOnTheDeviceOfItsFileSystem() throws IOException {
    Path device = Files.createDirectories(root.resolve("sys/devices/virtual/block/dm-2"));
    Files.writeString(device.resolve("dev"), "253:2\n");
    link("sys/dev/block/253:2", device);
    link("sys/block/dm-2", device);
    Files.createDirectories(root.resolve("proc/1"));
    Files.writeString(
        root.resolve("proc/1/mountinfo"),
        "40 1 253:2 / /sr rw - ext4 /dev/dm-2 rw\n41 1 0:50 / /nfs rw - nfs a:/b rw\n");

    assertThat(limits.below("/sr/disk.vhd"))
        .isEqualTo(ReadResult.present(DeviceNumber.parse("253:2")));
    assertThat(limits.below("/nfs/disk.vhd")).isInstanceOf(ReadResult.Absent.class);
  }

  @Test
  void missingDeviceCannotBeLimited() {
    assertThat(limits.limited(DISK)).isInstanceOf(ReadResult.Absent.class);
  }

  private void link(String from, Path to) throws IOException {
    Path link = root.resolve(from);
    Path parent = Objects.requireNonNull(link.getParent());
    Files.createDirectories(parent);
    Files.createSymbolicLink(link, parent.relativize(to));
  }

  @Test
  void enabledControllerIsNotEnabledAgain() throws IOException {
    plantGroup();
    put("cgroup.subtree_control", "cpu io\n");
    put("blkwarden/cgroup.subtree_control", "io\n");

    assertThat(limits.limit(GROUP, DISK, 20)).isEmpty();

    assertThat(at("cgroup.subtree_control")).isEqualTo("cpu io\n");
    assertThat(at("blkwarden/cgroup.subtree_control")).isEqualTo("io\n");
  }

  @Test
  void reportsAMissingFile() throws IOException {
    put("blkwarden/cgroup.subtree_control", "io\n");

    assertThat(limits.limit(GROUP, DISK, 20))
        .hasValueSatisfying(fault -> assertThat(fault).contains("io.max: does not exist"));
    assertThat(tree.resolve("blkwarden/01JD")).isDirectory();
  }

  @Test
  void threadIsMovedByItsTid() throws IOException {
    plantGroup();

    assertThat(limits.move(1234, GROUP)).isEmpty();
    assertThat(at("blkwarden/01JD/cgroup.procs")).isEqualTo("1234");

    assertThat(limits.move(1234, "/")).isEmpty();
    assertThat(at("cgroup.procs")).isEqualTo("1234");
    assertThat(limits.move(1234, "/gone"))
        .hasValueSatisfying(fault -> assertThat(fault).contains("does not exist ('1234')"));
  }

  @Test
  void readsTheGroupOfATaskAndItsLimit() throws IOException {
    plantGroup();
    Files.createDirectories(root.resolve("proc/1234"));
    Files.writeString(root.resolve("proc/1234/cgroup"), "2:blkio:/x\n0::/blkwarden/01JD\n");
    put(
        "blkwarden/01JD/io.max",
        "8:0 rbps=1 wbps=max riops=max wiops=max\n253:1 rbps=max wbps=max riops=20 wiops=20\n");

    assertThat(limits.groupOf(1234)).isEqualTo(ReadResult.present(GROUP));
    assertThat(limits.groupOf(1235)).isInstanceOf(ReadResult.Absent.class);
    assertThat(limits.limitOf(GROUP, DISK)).isEqualTo(ReadResult.present(20));
    assertThat(limits.limitOf(GROUP, new DeviceNumber(253, 11)))
        .isInstanceOf(ReadResult.Absent.class);
    assertThat(limits.limitOf(GROUP, new DeviceNumber(8, 0)))
        .isInstanceOf(ReadResult.Malformed.class);
    assertThat(limits.limitOf("/blkwarden/other", DISK)).isInstanceOf(ReadResult.Absent.class);
  }

  @Test
  void emptyParentIsRemovedWithTheLastGroup() throws IOException {
    Files.createDirectories(tree.resolve("blkwarden/01JD"));
    Files.createDirectories(tree.resolve("blkwarden/01JE"));

    assertThat(limits.groups().toOptional().orElseThrow())
        .containsExactly(GROUP, "/blkwarden/01JE");
    assertThat(limits.remove(GROUP)).isEmpty();
    assertThat(limits.remove(GROUP)).as("again").isEmpty();
    assertThat(limits.groups().toOptional().orElseThrow()).containsExactly("/blkwarden/01JE");
    assertThat(limits.remove("/blkwarden/01JE")).isEmpty();
    assertThat(tree.resolve("blkwarden")).doesNotExist();
    assertThat(limits.groups().toOptional().orElseThrow()).isEmpty();
    assertThat(limits.remove("/machine.slice")).isPresent();
  }

  @Test
  void remainingTasksMoveToTheRoot() throws IOException {
    plantGroup();
    put("blkwarden/01JD/cgroup.procs", "77\n");

    assertThat(limits.remove(GROUP)).as("a directory with plain files is not removed").isPresent();

    assertThat(at("cgroup.procs")).isEqualTo("77");
  }

  @Test
  void unavailableWithoutTheController() throws IOException {
    put("cgroup.controllers", "cpuset cpu memory\n");
    assertThat(limits.unavailable())
        .hasValueSatisfying(why -> assertThat(why).contains("expected io"));

    Files.delete(tree.resolve("cgroup.controllers"));
    assertThat(limits.unavailable())
        .hasValueSatisfying(why -> assertThat(why).contains("limits need cgroup v2", "cgroup v1"));
  }
}
