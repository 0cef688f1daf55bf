package io.blkwarden.agent.scan;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.agent.files.RootedFiles;
import io.blkwarden.agent.kernel.KernelRelease;
import io.blkwarden.agent.mapping.DeviceStack;
import io.blkwarden.agent.mapping.verdict.ActuatorVerdict.Layer;
import io.blkwarden.model.Actuator;
import io.blkwarden.model.DeviceNumber;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Physical devices below a disk: hardware or virtual. */
final class PhysicalDevicesTest {
  private static final KernelRelease KERNEL =
      KernelRelease.parse("6.1.0").toOptional().orElseThrow();
  private static final String PCI = "pci0000:00/0000:00:1f.2/host0/block/";

  @TempDir Path root;

  /** A device below {@code sys/devices}. */
  private void device(String place, String number) throws IOException {
    Path path = root.resolve("sys/devices/" + place);
    put("sys/devices/" + place + "/dev", number + "\n");
    put("sys/devices/" + place + "/queue/scheduler", "[mq-deadline] none\n");
    link("sys/block/" + path.getFileName(), path);
    link("sys/dev/block/" + number, path);
  }

  private void partition(String place, String number) throws IOException {
    Path path = root.resolve("sys/devices/" + place);
    put("sys/devices/" + place + "/dev", number + "\n");
    link("sys/class/block/" + path.getFileName(), path);
    link("sys/dev/block/" + number, path);
  }

  private void link(String from, Path to) throws IOException {
    Path link = root.resolve(from);
    Path parent = Objects.requireNonNull(link.getParent());
    Files.createDirectories(parent);
    Files.createSymbolicLink(link, parent.relativize(to));
  }

  private void put(String path, String text) throws IOException {
    Files.createDirectories(root.resolve(path).getParent());
    Files.writeString(root.resolve(path), text);
  }

  private StackScan scan() {
    RootedFiles files = RootedFiles.below(root).toOptional().orElseThrow();
    return new StackScan(files, new ScanFaults(), List.of());
  }

  private DeviceStack stack(String number) {
    return scan().read(Set.of(DeviceNumber.parse(number))).getFirst();
  }

  @ParameterizedTest
  @CsvSource({
    PCI + "sda, 8:0",
    "pci0000:00/0000:00:04.0/virtio1/block/vda, 254:0",
    "pci0000:00/0000:00:0e.0/nvme/nvme0/nvme0n1, 259:0",
    "virtual/nvme-subsystem/nvme-subsys0/nvme0n1, 259:0",
    "vbd-51712/block/xvda, 202:0",
    "platform/host3/session1/target3:0:0/3:0:0:0/block/sdb, 8:16",
    "pci0000:00/0000:00:05.0/cciss0/c0d0/block/cciss!c0d0, 104:0",
    "pci0000:00/0000:00:05.0/newdriver7, 250:0",
  })
  void schedulerDecidesOnHardware(String place, String number) throws IOException {
    device(place, number);

    assertThat(stack(number).physical())
        .singleElement()
        .satisfies(bottom ->
            assertThat(bottom.below(Set.of(), KERNEL).actuator()).isEqualTo(Actuator.CLASS_ONLY));
  }

  @ParameterizedTest
  @CsvSource({
    "virtual/block/zd16, 230:16",
    "rbd/0/block/rbd0, 251:0",
    "virtual/block/rbd1, 251:16",
    "virtual/block/nbd0, 43:0",
    "virtual/block/zram0, 252:0",
    "virtual/block/drbd1000, 147:1000",
    "virtual/block/loop0, 7:0",
    "virtual/block/ublkb0, 260:0",
    "virtual/block/sda, 8:0",
    "virtual/block/etherd!e0.0, 152:0",
    "newbus/0/block/thing0, 250:0",
  })
  void virtualDeviceIsUnknown(String place, String number) throws IOException {
    device(place, number);

    assertThat(stack(number).physical())
        .singleElement()
        .satisfies(bottom ->
            assertThat(bottom.below(Set.of(), KERNEL).actuator()).isEqualTo(Actuator.UNKNOWN));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "proc/1/mountinfo|25 1 8:1 / / rw - ext4 /dev/root rw",
        "proc/self/mountinfo|25 1 8:1 / / rw shared:1 - ext4 /dev/root rw",
        "proc/1/mountinfo|25 1 0:22 /@ / rw - btrfs /dev/sda1 rw",
      })
  void loopDeviceIsOnTheDiskOfItsFile(String table, String line) throws IOException {
    device(PCI + "sda", "8:0");
    partition(PCI + "sda/sda1", "8:1");
    device("virtual/block/loop0", "7:0");
    put("sys/devices/virtual/block/loop0/loop/backing_file", "/srv/xen/web-swap.img\n");
    put(table, line + "\n");

    DeviceStack stack = stack("7:0");

    assertThat(stack.physical()).extracting(DeviceStack.Physical::name).containsExactly("sda");
    assertThat(stack.layers()).containsExactly(Layer.RESUBMITS);
    assertThat(stack.physical().getFirst().below(stack.layers(), KERNEL).actuator())
        .isEqualTo(Actuator.UNKNOWN);
  }

  @Test
  void fileIsOnAllDevicesOfItsBtrfs() throws IOException {
    device(PCI + "sda", "8:0");
    device(PCI + "sdb", "8:16");
    put("sys/fs/btrfs/0f1e/devices/sda/dev", "8:0\n");
    put("sys/fs/btrfs/0f1e/devices/sdb/dev", "8:16\n");
    device("virtual/block/loop0", "7:0");
    put("sys/devices/virtual/block/loop0/loop/backing_file", "/srv/a.img (deleted)\n");
    put("proc/1/mountinfo", "25 1 0:22 /@ / rw - btrfs /dev/sda rw\n");

    assertThat(stack("7:0").physical())
        .extracting(DeviceStack.Physical::name)
        .containsExactly("sda", "sdb");
  }

  @Test
  void innermostMountWins() throws IOException {
    device(PCI + "sda", "8:0");
    device(PCI + "sdb", "8:16");
    put(
        "proc/1/mountinfo",
        """
        25 1 8:0 / / rw - ext4 /dev/sda rw
        26 25 8:16 / /srv/xen rw - xfs /dev/sdb rw
        27 25 0:40 / /srv/nfs rw - nfs4 server:/export rw
        """);

    Map<String, DeviceStack> stacks =
        scan()
            .readFiles(
                Set.of(
                    "aio:/srv/xen/a.img",
                    "qcow2:/srv/xen-other/b.img",
                    "aio:/srv/nfs/c.img",
                    "rbd:vms/d",
                    "iqn=iqn.2004-04.com.example:e"));

    assertThat(bottom(stacks, "aio:/srv/xen/a.img")).isEqualTo("sdb");
    assertThat(bottom(stacks, "qcow2:/srv/xen-other/b.img")).isEqualTo("sda");
    assertThat(stacks).hasSize(2);
  }

  @Test
  void symbolicLinkIsFollowed() throws IOException {
    device(PCI + "sda", "8:0");
    device(PCI + "sdb", "8:16");
    put(
        "proc/1/mountinfo",
        "25 1 8:0 / / rw - ext4 /dev/sda rw\n26 25 8:16 / /data rw - xfs /dev/sdb rw\n");
    Files.createDirectories(root.resolve("data/images"));
    Files.createDirectories(root.resolve("srv"));
    Files.createSymbolicLink(root.resolve("srv/xen"), Path.of("../data/images"));

    assertThat(bottom(scan().readFiles(Set.of("aio:/srv/xen/a.img")), "aio:/srv/xen/a.img"))
        .isEqualTo("sdb");
  }

  private static String bottom(Map<String, DeviceStack> stacks, String params) {
    return Objects.requireNonNull(stacks.get(params)).physical().getFirst().name();
  }
}
