package io.blkwarden.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.agent.CapturedTree;
import io.blkwarden.model.DeviceNumber;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** BlockDevice, DmDevice, BlockTree and QueueScheduler. */
final class BlockFilesTest {
  private static final String UUID =
      "LVM-uFh2Mz8bpyFwdsCYgzWbtK1DTbitY3Q7YhMeRzR8Nwfee2WIAp3bRYdk5g9NtHIA";

  private final KernelFiles captured = CapturedTree.files();

  @Test
  void readsACapturedVolume() {
    DmDevice volume = DmDevice.read(captured, "dm-1").toOptional().orElseThrow();
    assertThat(volume)
        .isEqualTo(
            new DmDevice(
                "dm-1",
                new DeviceNumber(253, 1),
                "vg-vm101_swap",
                Optional.of(UUID),
                false,
                List.of("vdb")));
    assertThat(volume.isLogicalVolume()).isTrue();
    assertThat(volume.lvmName()).contains(new DmName("vg", "vm101_swap", Optional.empty()));
    assertThat(DmDevice.names(captured))
        .isEqualTo(ReadResult.present(List.of("dm-0", "dm-1", "dm-2", "dm-3")));
  }

  @Test
  void otherDevicesAreAbsent() {
    assertThat(DmDevice.read(captured, "vdb"))
        .isEqualTo(ReadResult.absent("sys/block/vdb/dm/name"));
  }

  @Test
  void layersAndForeignDevicesAreNotVolumes() {
    assertThat(dm("vg-lv-real", UUID + "-real").isLogicalVolume()).isFalse();
    assertThat(dm("vg-lv-real", UUID + "-real").lvmName())
        .contains(new DmName("vg", "lv", Optional.of("real")));
    assertThat(dm("mpath-a", "mpath-36001405").lvmName()).isEmpty();
    assertThat(dm("bare-name", "").uuid()).isEmpty();
  }

  @Test
  void findsDevicesByNumber() {
    assertThat(BlockDevice.numbered(captured, new DeviceNumber(253, 3)))
        .isEqualTo(ReadResult.present(new BlockDevice("dm-3", new DeviceNumber(253, 3), "dm-3")));
    assertThat(BlockDevice.numbered(captured, new DeviceNumber(253, 4)))
        .isEqualTo(ReadResult.absent("sys/dev/block/253:4"));
  }

  @Test
  void partitionHasADisk() {
    MapFiles files = partitioned();
    BlockDevice partition = new BlockDevice("nvme0n1p3", new DeviceNumber(259, 3), "nvme0n1");
    assertThat(BlockDevice.named(files, "nvme0n1p3")).isEqualTo(ReadResult.present(partition));
    assertThat(BlockDevice.numbered(files, new DeviceNumber(259, 3)))
        .isEqualTo(ReadResult.present(partition));
    assertThat(BlockDevice.numbered(files, new DeviceNumber(259, 0)).map(BlockDevice::disk))
        .isEqualTo(ReadResult.present("nvme0n1"));
  }

  private static ReadResult<BlockTree.Stack> walk(KernelFiles files, String top) {
    return new BlockTree(files, List.of()).stack(top);
  }

  @Test
  void readsTheStackOfACapturedVolume() {
    assertThat(walk(captured, "dm-2"))
        .isEqualTo(ReadResult.present(new BlockTree.Stack(List.of("dm-2", "vdb"), List.of("vdb"))));
  }

  @Test
  void knownDevicesAreNotReadAgain() {
    MapFiles files = new MapFiles();
    disk(files, "sda", "8:0");
    DeviceNumber number = new DeviceNumber(252, 0);
    DmDevice volume =
        new DmDevice("dm-0", number, "vg-lv", Optional.empty(), false, List.of("sda"));
    BlockTree tree = new BlockTree(files, List.of(volume));
    assertThat(tree.numbered(number).map(BlockDevice::name)).isEqualTo(ReadResult.present("dm-0"));
    assertThat(tree.stack("dm-0").map(BlockTree.Stack::leaves))
        .isEqualTo(ReadResult.present(List.of("sda")));
    files.with("sys/block/sda/dev", "8:16\n");
    assertThat(tree.named("sda").map(BlockDevice::number))
        .isEqualTo(ReadResult.present(new DeviceNumber(8, 0)));
  }

  @Test
  void stackIncludesMirrorsAndPartitions() {
    MapFiles files = partitioned();
    disk(files, "dm-0", "252:0", "md2");
    disk(files, "md2", "9:2", "nvme0n1p3", "sdb");
    disk(files, "sdb", "8:16");
    assertThat(walk(files, "dm-0"))
        .isEqualTo(
            ReadResult.present(
                new BlockTree.Stack(
                    List.of("dm-0", "md2", "nvme0n1", "sdb"), List.of("nvme0n1", "sdb"))));
  }

  @Test
  void cyclesTerminate() {
    MapFiles files = new MapFiles();
    disk(files, "dm-0", "252:0", "dm-1");
    disk(files, "dm-1", "252:1", "dm-0", "dm-1");
    assertThat(walk(files, "dm-0").map(BlockTree.Stack::leaves))
        .isEqualTo(ReadResult.present(List.of()));
  }

  @Test
  void tooManyDevicesAreMalformed() {
    MapFiles files = new MapFiles();
    for (int i = 0; i <= BlockTree.MAX_DEVICES; i++) {
      disk(files, "dm-" + i, "252:" + i, "dm-" + (i + 1));
    }
    assertThat(walk(files, "dm-0").describe()).contains("at most 512 devices");
  }

  @Test
  void removedSlaveIsAbsent() {
    MapFiles files = new MapFiles();
    disk(files, "dm-0", "252:0", "sdz");
    assertThat(walk(files, "dm-0")).isInstanceOf(ReadResult.Absent.class);
  }

  @Test
  void readsCapturedSchedulers() {
    assertThat(QueueScheduler.read(captured, "vdb"))
        .isEqualTo(ReadResult.present(new QueueScheduler("none", List.of("none", "mq-deadline"))));
    assertThat(QueueScheduler.read(captured, "dm-1"))
        .isEqualTo(ReadResult.present(new QueueScheduler("none", List.of("none"))));
  }

  @Test
  void bracketsMarkTheActiveScheduler() {
    assertThat(QueueScheduler.parse("none [mq-deadline] kyber bfq\n").map(QueueScheduler::active))
        .isEqualTo(ReadResult.present("mq-deadline"));
    assertThat(QueueScheduler.parse("noop deadline [cfq] \n").map(QueueScheduler::active))
        .isEqualTo(ReadResult.present("cfq"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", "none mq-deadline", "[] none"})
  void missingActiveSchedulerIsMalformed(String text) {
    assertThat(QueueScheduler.parse(text)).isInstanceOf(ReadResult.Malformed.class);
  }

  @Test
  void readsCapturedRotational() {
    assertThat(BlockDevice.isRotational(captured, "vdb")).isEqualTo(ReadResult.present(true));
    assertThat(BlockDevice.isRotational(captured, "vdz"))
        .isEqualTo(ReadResult.absent("sys/block/vdz/queue/rotational"));
  }

  @Test
  void zeroIsNotRotational() {
    assertThat(BlockDevice.parseFlag("0\n")).isEqualTo(ReadResult.present(false));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", "2", "yes", "1 0"})
  void otherFlagsAreMalformed(String text) {
    assertThat(BlockDevice.parseFlag(text)).isInstanceOf(ReadResult.Malformed.class);
  }

  private static DmDevice dm(String name, String uuid) {
    MapFiles files =
        new MapFiles()
            .with("sys/block/dm-9/dm/name", name + "\n")
            .with("sys/block/dm-9/dm/uuid", uuid + "\n")
            .with("sys/block/dm-9/dm/suspended", "1\n");
    disk(files, "dm-9", "253:9", "sda");
    DmDevice device = DmDevice.read(files, "dm-9").toOptional().orElseThrow();
    assertThat(device.suspended()).isTrue();
    return device;
  }

  private static MapFiles partitioned() {
    String target = "../../devices/pci0000:00/0000:00:1d.0/nvme/nvme0/nvme0n1";
    MapFiles files =
        new MapFiles()
            .with("sys/block/nvme0n1/nvme0n1p3/dev", "259:3\n")
            .withLink("sys/class/block/nvme0n1p3", target + "/nvme0n1p3")
            .withLink("sys/dev/block/259:3", target + "/nvme0n1p3")
            .withLink("sys/dev/block/259:0", target);
    disk(files, "nvme0n1", "259:0");
    return files;
  }

  private static void disk(MapFiles files, String name, String number, String... slaves) {
    files.with("sys/block/" + name + "/dev", number + "\n");
    for (String slave : slaves) {
      files.withLink("sys/block/" + name + "/slaves/" + slave, "../../" + slave);
    }
  }
}
