package io.blkwarden.simulation.load;

import io.blkwarden.model.Actuator;
import io.blkwarden.model.BackendKind;
import io.blkwarden.model.DeviceNumber;
import io.blkwarden.model.DiskRef;
import io.blkwarden.model.DomainRef;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MappingState;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.PhysicalDevice;
import io.blkwarden.model.Proof;
import io.blkwarden.model.Volume;
import io.blkwarden.model.VolumeRole;
import io.blkwarden.model.Worker;
import io.blkwarden.model.WorkerKind;
import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.message.Command;
import io.blkwarden.model.message.CommandAction;
import io.blkwarden.model.message.CounterBase;
import io.blkwarden.model.message.Heartbeat;
import io.blkwarden.model.message.MappingOrigin;
import io.blkwarden.model.message.MappingSnapshot;
import io.blkwarden.model.message.Outcome;
import io.blkwarden.model.sample.SampleCodec;
import io.blkwarden.model.sample.SampleColumn;
import io.blkwarden.model.sample.SampleFrame;
import io.blkwarden.model.sample.SampleTable;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;

/**
 * The messages of a fleet's hosts, without a model of their disks: generating them must cost less
 * than the controller that they load. Seven of ten disks do I/O below every threshold. All calm
 * hosts send the same batch of a second; a host in a storm sends its own.
 */
final class LoadFleet {
  private static final UUID RUN = new UUID(7, 7);

  /** The revision of every host's map, which never changes. */
  static final CommandAction.Revision REVISION = new CommandAction.Revision(RUN, 1);

  private static final List<PhysicalDevice> DEVICES =
      List.of(
          new PhysicalDevice("sda", new DeviceNumber(8, 0), "mq-deadline", Actuator.CLASS_ONLY));
  private static final List<SampleColumn> COLUMNS = SampleColumn.all();

  private final int disks;
  private final InstantSource clock;
  private final Random random = new Random(1);
  private final SampleFrame frame = new SampleFrame();

  LoadFleet(int disks, InstantSource clock) {
    this.disks = disks;
    this.clock = clock;
  }

  static HostId host(int number) {
    return new HostId("load-" + number);
  }

  byte[] snapshot(int number) {
    List<MappedDisk> all = IntStream.range(0, disks).mapToObj(row -> disk(number, row)).toList();
    List<Long> zeros = Collections.nCopies(COLUMNS.size(), 0L);
    return ControlJson.encode(
        new MappingSnapshot(
            new MappingOrigin(host(number), boot(number), RUN, 1, clock.instant()),
            all.stream().map(MappedDisk::domain).distinct().toList(),
            all,
            DEVICES,
            new CounterBase(
                1,
                COLUMNS.stream().map(SampleColumn::wire).toList(),
                Collections.nCopies(disks, zeros),
                List.of(zeros))));
  }

  private static UUID boot(int number) {
    return new UUID(9, number);
  }

  /** Each guest has a root and a swap disk. */
  private static MappedDisk disk(int number, int row) {
    VolumeRole role = row % 2 == 0 ? VolumeRole.ROOT : VolumeRole.SWAP;
    String guest = "vm%d".formatted(100 + row / 2);
    String vdev = row % 2 == 0 ? "xvda1" : "xvda2";
    int domid = 1 + row / 2;
    return new MappedDisk(
        new DomainRef(new UUID(number, domid), domid, guest),
        new DiskRef(vdev, row % 2 == 0 ? 51_713 : 51_714, BackendKind.VBD, "w"),
        new Volume(
            "/dev/vg/%s_%s".formatted(guest, role.wire()),
            new DeviceNumber(253, row),
            "dm-" + row,
            "vg-%s_%s".formatted(guest, role.wire()),
            "LVM-%032d%032d".formatted(number, row),
            role),
        DEVICES,
        MappingState.RESOLVED,
        null,
        List.of(
            new Worker(
                WorkerKind.BLKBACK,
                0,
                2_000 + row,
                50_000,
                "%d.%s-0".formatted(domid, vdev),
                null,
                Proof.FULL_NAME)));
  }

  byte[] heartbeat(int number, long epoch, long uptimeMillis) {
    return ControlJson.encode(
        new Heartbeat(
            host(number),
            boot(number),
            RUN,
            clock.instant(),
            "load",
            uptimeMillis,
            1,
            epoch,
            true,
            "generated",
            1_000,
            DEVICES,
            List.of(),
            List.of(),
            Map.of(),
            null,
            List.of()));
  }

  /** The outcome of a command that was carried out. */
  byte[] outcome(int number, Command command) {
    CommandAction.Set set = command.action() instanceof CommandAction.Set of ? of : null;
    MessageId lease = set == null ? null : set.lease();
    Outcome.Result result = set == null ? Outcome.Result.DONE : Outcome.Result.APPLIED;
    if (command.action() instanceof CommandAction.Reset reset) {
      lease = reset.lease();
      result = Outcome.Result.RELEASED;
    }
    return ControlJson.encode(
        new Outcome(
            MessageId.of(clock.millis(), random),
            host(number),
            boot(number),
            clock.instant(),
            command.id(),
            lease,
            result,
            null,
            "generated",
            null,
            null,
            List.of(),
            set == null ? null : set.leaseMs(),
            null,
            null));
  }

  /**
   * The batch of a second.
   *
   * @param stormSeconds seconds since the storm of the first guest's swap disk began; 0 for none
   */
  byte[] batch(long second, long stormSeconds) {
    frame.identify(RUN, 1, 1, second);
    frame.time(second * 1_000, clock.millis(), 1_000);
    frame.pressure(second * 10_000, second * 1_000);
    SampleTable table = frame.disks();
    table.reset(disks);
    for (int row = 0; row < disks; row++) {
      table.markPresent(row);
      long ios = row % 10 < 7 ? second * (5 + row % 30) : 0;
      table.set(SampleColumn.READ_IOS, row, ios);
      table.set(SampleColumn.READ_SECTORS, row, ios * 16);
      table.set(SampleColumn.READ_MS, row, ios * 2);
      table.set(SampleColumn.WRITE_IOS, row, ios);
      table.set(SampleColumn.WRITE_SECTORS, row, ios * 24);
      table.set(SampleColumn.WRITE_MS, row, ios * 3);
      table.set(SampleColumn.IO_MS, row, ios * 2);
      table.set(SampleColumn.QUEUE_MS, row, ios * 5);
    }
    if (stormSeconds > 0) {
      table.set(SampleColumn.WRITE_IOS, 1, second * 6 + stormSeconds * 800);
      table.set(SampleColumn.IO_MS, 1, second * 12 + stormSeconds * 900);
    }
    SampleTable devices = frame.devices();
    devices.reset(1);
    devices.markPresent(0);
    devices.set(SampleColumn.READ_IOS, 0, second * 500);
    devices.set(SampleColumn.READ_MS, 0, second * 900);
    devices.set(SampleColumn.IO_MS, 0, second * 400 + stormSeconds * 500);
    return SampleCodec.encode(frame);
  }
}
