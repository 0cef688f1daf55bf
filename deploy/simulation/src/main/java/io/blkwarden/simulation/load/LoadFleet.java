package io.blkwarden.simulation.load;

import io.blkwarden.controller.engine.Moment;
import io.blkwarden.controller.replay.SimulatedAgents;
import io.blkwarden.controller.replay.SyntheticHost;
import io.blkwarden.model.Actuator;
import io.blkwarden.model.DeviceNumber;
import io.blkwarden.model.DomainRef;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.PhysicalDevice;
import io.blkwarden.model.VolumeRole;
import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.message.Command;
import io.blkwarden.model.message.CommandAction;
import io.blkwarden.model.sample.SampleCodec;
import io.blkwarden.model.sample.SampleColumn;
import io.blkwarden.model.sample.SampleFrame;
import io.blkwarden.model.sample.SampleTable;
import java.time.InstantSource;
import java.util.List;
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

  private static final PhysicalDevice DEVICE =
      new PhysicalDevice("sda", new DeviceNumber(8, 0), "mq-deadline", Actuator.CLASS_ONLY, null);

  private final int disks;
  private final InstantSource clock;
  private final SimulatedAgents agents = new SimulatedAgents(new Random(1));
  private final SampleFrame frame = new SampleFrame();

  LoadFleet(int disks, InstantSource clock) {
    this.disks = disks;
    this.clock = clock;
  }

  static HostId host(int number) {
    return new HostId("load-" + number);
  }

  byte[] snapshot(int number) {
    return ControlJson.encode(messages(number, disks).snapshot(clock.instant()));
  }

  private static SyntheticHost messages(int number, int disks) {
    List<MappedDisk> all = IntStream.range(0, disks).mapToObj(row -> disk(number, row)).toList();
    return new SyntheticHost(host(number), new UUID(9, number), RUN, DEVICE, all);
  }

  /** Each guest has a root and a swap disk. */
  private static MappedDisk disk(int number, int row) {
    int domid = 1 + row / 2;
    return SyntheticHost.disk(
        row,
        new DomainRef(new UUID(number, domid), domid, "vm" + (99 + domid)),
        row % 2 == 0 ? "xvda1" : "xvda2",
        row % 2 == 0 ? VolumeRole.ROOT : VolumeRole.SWAP,
        "LVM-%032d%032d".formatted(number, row),
        DEVICE);
  }

  /** Called by the publishing thread, while another one carries out commands. */
  synchronized byte[] heartbeat(int number, long epoch, long uptimeMillis) {
    return ControlJson.encode(
        agents.heartbeat(
            messages(number, 0).heartbeat(clock.instant(), uptimeMillis, 1_000), epoch, now()));
  }

  /** The outcome of a command that was carried out. */
  synchronized byte[] outcome(Command command) {
    return ControlJson.encode(agents.answer(command, now()));
  }

  private Moment now() {
    return new Moment(clock.millis(), clock.instant());
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
