package io.blkwarden.agent.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.agent.kernel.MapFiles;
import io.blkwarden.model.Actuator;
import io.blkwarden.model.BackendKind;
import io.blkwarden.model.DeviceNumber;
import io.blkwarden.model.DiskRef;
import io.blkwarden.model.DomainRef;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MappingState;
import io.blkwarden.model.PhysicalDevice;
import io.blkwarden.model.UnresolvedReason;
import io.blkwarden.model.Volume;
import io.blkwarden.model.VolumeRole;
import io.blkwarden.model.message.CounterBase;
import io.blkwarden.model.sample.SampleColumn;
import io.blkwarden.model.sample.SampleFrame;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class SamplerTest {
  private static final UUID RUN = new UUID(1, 2);
  private static final String STAT = "%d 0 %d 40 7 0 56 30 3 99 120\n";

  private final Map<String, String> texts = new HashMap<>();
  private final Sampler sampler = new Sampler(new MapFiles(texts), RUN, 1_000);
  private final SampleFrame frame = new SampleFrame();

  @Test
  void countersAreRelativeToTheBaseAndGaugesAbsolute() {
    texts.put("sys/block/dm-0/stat", STAT.formatted(100, 800));
    texts.put("sys/block/sda/stat", STAT.formatted(1_000, 8_000));
    texts.put("sys/bus/xen-backend/devices/vbd-7-51714/statistics/oo_req", "5\n");
    texts.put(
        "proc/pressure/io",
        """
        some avg10=0.00 avg60=0.00 avg300=0.00 total=777
        full avg10=0.00 avg60=0.00 avg300=0.00 total=333
        """);
    CounterBase base = sampler.rebase(List.of(disk("dm-0")), List.of(sda()));
    assertThat(base.disks().getFirst().get(SampleColumn.READ_IOS.id())).isEqualTo(100);
    assertThat(base.disks().getFirst().get(SampleColumn.IN_FLIGHT.id())).isZero();

    texts.put("sys/block/dm-0/stat", STAT.formatted(142, 1_136));
    texts.put("sys/bus/xen-backend/devices/vbd-7-51714/statistics/oo_req", "9\n");
    assertThat(sampler.sample(4, 5_000, 9_000, frame)).isTrue();

    assertThat(frame.run()).isEqualTo(RUN);
    assertThat(frame.baseId()).isEqualTo(base.id());
    assertThat(frame.disks().get(SampleColumn.READ_IOS, 0)).isEqualTo(42);
    assertThat(frame.disks().get(SampleColumn.READ_SECTORS, 0)).isEqualTo(336);
    assertThat(frame.disks().get(SampleColumn.IN_FLIGHT, 0)).isEqualTo(3);
    assertThat(frame.disks().get(SampleColumn.OUT_OF_REQUESTS, 0)).isEqualTo(4);
    assertThat(frame.devices().get(SampleColumn.READ_IOS, 0)).isZero();
    assertThat(frame.ioSomeMicros()).isEqualTo(777);
    assertThat(frame.ioFullMicros()).isEqualTo(333);
  }

  @Test
  void rebaseReadsTheSameDisksAgain() {
    texts.put("sys/block/dm-0/stat", STAT.formatted(100, 800));
    CounterBase first = sampler.rebase(List.of(disk("dm-0"), disk("dm-1")), List.of());
    assertThat(first.disks().get(1)).isEmpty();

    texts.put("sys/block/dm-0/stat", STAT.formatted(120, 960));
    texts.put("sys/block/dm-1/stat", STAT.formatted(7, 56));
    CounterBase second = sampler.rebase(List.of(disk("dm-0"), disk("dm-1")), List.of());
    assertThat(second.id()).isNotEqualTo(first.id());
    assertThat(second.disks().get(0).get(SampleColumn.READ_IOS.id())).isEqualTo(120);
    assertThat(second.disks().get(1).get(SampleColumn.READ_IOS.id())).isEqualTo(7);

    texts.put("sys/block/dm-0/stat", STAT.formatted(125, 1_000));
    texts.remove("sys/block/dm-1/stat");
    assertThat(sampler.sample(1, 1, 1, frame)).isTrue();
    assertThat(frame.disks().get(SampleColumn.READ_IOS, 0)).isEqualTo(5);
    assertThat(frame.disks().present(1)).isFalse();
    CounterBase third = sampler.rebase(List.of(disk("dm-0"), disk("dm-1")), List.of());
    assertThat(third.disks().get(1)).as("gone again").isEmpty();
  }

  @Test
  void unreadableRowIsAbsentNotZero() {
    texts.put("sys/block/dm-0/stat", STAT.formatted(100, 800));
    sampler.rebase(List.of(disk("dm-0"), disk("dm-1")), List.of());

    assertThat(sampler.sample(1, 1, 1, frame)).isTrue();

    assertThat(frame.disks().present(0)).isTrue();
    assertThat(frame.disks().present(1)).isFalse();
    assertThat(frame.ioSomeMicros()).isEqualTo(SampleFrame.UNMEASURED);
    assertThat(sampler.diskFault()).hasValueSatisfying(f -> assertThat(f).contains("dm-1"));
  }

  @Test
  void decreasedCounterOrNewDiskNeedsANewBase() {
    texts.put("sys/block/dm-0/stat", STAT.formatted(100, 800));
    sampler.rebase(List.of(disk("dm-0"), disk("dm-1")), List.of());

    texts.put("sys/block/dm-0/stat", STAT.formatted(99, 800));
    assertThat(sampler.sample(1, 1, 1, frame)).isFalse();
    assertThat(frame.disks().present(0)).isFalse();

    texts.put("sys/block/dm-0/stat", STAT.formatted(101, 800));
    assertThat(sampler.sample(1, 1, 1, frame)).isTrue();
    texts.put("sys/block/dm-1/stat", STAT.formatted(1, 8));
    assertThat(sampler.sample(1, 1, 1, frame)).isFalse();
  }

  @Test
  void otherDisksAreFoundByNumber() {
    MappedDisk md =
        disk(
            new Volume(
                "/dev/md3", new DeviceNumber(9, 3), null, null, null, VolumeRole.DATA, null, null));
    texts.put("sys/dev/block/9:3/stat", STAT.formatted(100, 800));
    sampler.rebase(List.of(md), List.of());

    texts.put("sys/dev/block/9:3/stat", STAT.formatted(105, 840));
    assertThat(sampler.sample(1, 1, 1, frame)).isTrue();

    assertThat(sampler.diskFault()).isEmpty();
    assertThat(frame.disks().get(SampleColumn.READ_IOS, 0)).isEqualTo(5);
  }

  @Test
  void missingDevicesAreReadFromTheirOwnFiles() {
    MappedDisk listed = disk(dm(0));
    MappedDisk odd = disk(dm(1));
    MappedDisk unlisted = disk(dm(2));
    texts.put("proc/diskstats", listing(100, 1_000));
    texts.put("sys/block/dm-1/stat", STAT.formatted(200, 8));
    texts.put("sys/block/dm-2/stat", STAT.formatted(300, 8));
    sampler.rebase(List.of(listed, odd, unlisted), List.of(sda()));

    texts.put("proc/diskstats", listing(107, 1_011));
    texts.put("sys/block/dm-1/stat", STAT.formatted(203, 8));
    texts.put("sys/block/dm-2/stat", STAT.formatted(305, 8));
    assertThat(sampler.sample(1, 1, 1, frame)).isTrue();

    assertThat(sampler.diskFault()).isEmpty();
    assertThat(frame.disks().get(SampleColumn.READ_IOS, 0)).isEqualTo(7);
    assertThat(frame.disks().get(SampleColumn.READ_IOS, 1)).isEqualTo(3);
    assertThat(frame.disks().get(SampleColumn.READ_IOS, 2)).isEqualTo(5);
    assertThat(frame.devices().get(SampleColumn.READ_IOS, 0)).isEqualTo(11);
  }

  @Test
  void removedDiskIsNotReadFromTheOldList() {
    texts.put("proc/diskstats", listing(100, 1_000));
    sampler.rebase(List.of(disk(dm(0))), List.of());
    texts.put("proc/diskstats", "");

    assertThat(sampler.sample(1, 1, 1, frame)).isTrue();

    assertThat(frame.disks().present(0)).isFalse();
    assertThat(sampler.diskFault()).hasValueSatisfying(f -> assertThat(f).contains("dm-0"));
  }

  @Test
  void outOfRequestsIsReadForActiveDisks() {
    String oo = "sys/bus/xen-backend/devices/vbd-7-51714/statistics/oo_req";
    String idle = " 253 0 dm-0 100 0 8 40 7 0 56 30 0 99 120\n";
    texts.put("proc/diskstats", idle);
    texts.put(oo, "5\n");
    sampler.rebase(List.of(disk(dm(0))), List.of());

    texts.put(oo, "6\n");
    assertThat(outOfRequests()).as("idle: it cannot have changed").isZero();

    texts.put("proc/diskstats", idle.replace(" 30 0 99", " 30 2 99"));
    assertThat(outOfRequests()).as("requests under way").isEqualTo(1);

    texts.put(oo, "8\n");
    assertThat(outOfRequests()).as("still under way, nothing completed").isEqualTo(3);

    texts.put(oo, "9\n");
    texts.put("proc/diskstats", idle.replace(" 100 0", " 102 0"));
    assertThat(outOfRequests()).as("completed, and idle from now on").isEqualTo(4);

    texts.put(oo, "10\n");
    assertThat(outOfRequests()).isEqualTo(4);
  }

  private long outOfRequests() {
    assertThat(sampler.sample(1, 1, 1, frame)).isTrue();
    return frame.disks().get(SampleColumn.OUT_OF_REQUESTS, 0);
  }

  private static String listing(int dm, int disk) {
    return " 253 0 dm-0 %s 253 1 dm-1 7 x\n   8 0 sda %s"
        .formatted(STAT.formatted(dm, 8), STAT.formatted(disk, 8));
  }

  private static Volume dm(int minor) {
    return new Volume(
        null, new DeviceNumber(253, minor), "dm-" + minor, null, null, VolumeRole.SWAP, null, null);
  }

  private static MappedDisk disk(String dm) {
    return disk(new Volume(null, null, dm, null, null, VolumeRole.SWAP, null, null));
  }

  private static MappedDisk disk(Volume volume) {
    return new MappedDisk(
        new DomainRef(new UUID(3, 4), 7, "vm7"),
        new DiskRef("xvda2", 51714, BackendKind.VBD, "w"),
        volume,
        List.of(),
        MappingState.UNRESOLVED,
        UnresolvedReason.NO_THREAD_YET,
        List.of(),
        Map.of());
  }

  private static PhysicalDevice sda() {
    return new PhysicalDevice(
        "sda", new DeviceNumber(8, 0), "mq-deadline", Actuator.CLASS_ONLY, null);
  }
}
