package io.blkwarden.agent.lease;

import io.blkwarden.agent.lease.CommandGate.CommandResult;
import io.blkwarden.agent.lease.CommandGate.ReceivedCommand;
import io.blkwarden.agent.lease.LeaseStore.StoredLeases;
import io.blkwarden.model.Actuator;
import io.blkwarden.model.BackendKind;
import io.blkwarden.model.DeviceNumber;
import io.blkwarden.model.DiskRef;
import io.blkwarden.model.DomainRef;
import io.blkwarden.model.HostId;
import io.blkwarden.model.IoPriority;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MappingState;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.PhysicalDevice;
import io.blkwarden.model.Proof;
import io.blkwarden.model.Restraint;
import io.blkwarden.model.UnresolvedReason;
import io.blkwarden.model.Volume;
import io.blkwarden.model.VolumeRole;
import io.blkwarden.model.Worker;
import io.blkwarden.model.WorkerId;
import io.blkwarden.model.WorkerKind;
import io.blkwarden.model.message.Command;
import io.blkwarden.model.message.CommandAction;
import io.blkwarden.model.message.Outcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A test host with a fake kernel and a throttler. */
public final class TestHost {
  public static final HostId ID = new HostId("dom0-7");
  public static final UUID BOOT = new UUID(1, 2);
  private static final Instant WALL = Instant.parse("2026-11-22T18:00:00Z");

  public final FakeKernel kernel = new FakeKernel();
  public final List<MappedDisk> disks = new ArrayList<>();
  public final KeptLeases store = new KeptLeases();
  public Optional<String> tooLarge = Optional.empty();
  public int snapshots;
  public Optional<String> gateObjection = Optional.empty();
  public UUID boot = BOOT;
  public CommandAction.Revision at = new CommandAction.Revision(new UUID(3, 4), 12);
  public long nowMillis = 1_000_000;
  public boolean readOnly;
  private final Random random = new Random(42);
  public Throttler throttler = fresh();

  /** An in-memory lease store. */
  public static final class KeptLeases implements LeaseStore {
    public Optional<StoredLeases> last = Optional.empty();
    public boolean broken;
    public int saves;

    @Override
    public Optional<String> save(StoredLeases leases) {
      saves++;
      if (broken) {
        return Optional.of("ENOSPC");
      }
      last = Optional.of(leases);
      return Optional.empty();
    }
  }

  /** A request for a limit. */
  public CommandAction.Set limit(MappedDisk disk, MessageId lease, int perSecond, long ms) {
    return request(disk, lease, new Restraint.Limit(perSecond), ms);
  }

  public Throttler fresh() {
    return new Throttler(
        boot,
        new CommandGate(ID, readOnly, 0),
        disk -> gateObjection,
        kernel,
        kernel,
        kernel.groups(),
        store,
        new Outcomes(ID, boot, () -> WALL, random));
  }

  /** Restarts the agent. */
  public List<Outcome> restart() {
    throttler = fresh();
    List<Outcome> outcomes =
        new ArrayList<>(
            store.last.map(stored -> throttler.recover(stored, nowMillis)).orElse(List.of()));
    outcomes.addAll(throttler.sweep());
    return outcomes;
  }

  public CurrentMapping mapping() {
    return new CurrentMapping(boot, at, disks);
  }

  public MappedDisk addDisk(int domid, String vdev, int firstPid, int rings) {
    List<Worker> workers = new ArrayList<>();
    for (int ring = 0; ring < rings; ring++) {
      String comm = "%d.%s-%d".formatted(domid, vdev, ring);
      workers.add(worker(kernel.start(firstPid + ring, comm), comm, ring));
    }
    MappedDisk disk = disk(domid, vdev, MappingState.RESOLVED, null, workers);
    disks.add(disk);
    return disk;
  }

  public static Worker worker(WorkerId id, String comm, int ring) {
    return new Worker(
        WorkerKind.BLKBACK,
        ring,
        id.pid(),
        id.startTicks(),
        comm,
        IoPriority.UNSET,
        Proof.FULL_NAME);
  }

  public static MappedDisk disk(
      int domid,
      String vdev,
      MappingState state,
      @Nullable UnresolvedReason reason,
      List<Worker> workers) {
    return new MappedDisk(
        new DomainRef(new UUID(7, domid), domid, "vm" + domid),
        new DiskRef(vdev, 51714, BackendKind.VBD, "w"),
        new Volume(
            "/dev/vg/x", new DeviceNumber(253, 1), "dm-1", null, null, VolumeRole.SWAP, null, null),
        List.of(
            new PhysicalDevice(
                "sda", new DeviceNumber(8, 0), "mq-deadline", Actuator.CLASS_ONLY, null)),
        state,
        reason,
        workers,
        Map.of());
  }

  public MessageId id() {
    return MessageId.of(WALL.toEpochMilli(), random);
  }

  public CommandAction.Set request(MappedDisk disk, MessageId lease, IoPriority priority, long ms) {
    return request(disk, lease, new Restraint.Priority(priority), ms);
  }

  private CommandAction.Set request(MappedDisk disk, MessageId lease, Restraint wanted, long ms) {
    return new CommandAction.Set(
        lease,
        disk.domain(),
        disk.disk().vdev(),
        boot,
        disk.workers().stream().map(Worker::id).toList(),
        wanted,
        ms);
  }

  public Command command(CommandAction action) {
    return command(id(), 1, action);
  }

  public Command command(MessageId id, long epoch, CommandAction action) {
    return new Command(id, ID, epoch, "controller-1", WALL, 5_000, "swap storm", action);
  }

  public CommandResult send(Command command) {
    return throttler.handle(
        new ReceivedCommand(command, nowMillis, false), mapping(), this::snapshot, nowMillis);
  }

  public Outcome send(CommandAction action) {
    return send(command(action)).reply();
  }

  /** Replaces the bus. */
  Optional<String> snapshot() {
    snapshots++;
    return tooLarge;
  }

  public List<Outcome> later(long millis) {
    nowMillis += millis;
    List<Outcome> outcomes = new ArrayList<>(throttler.expire(nowMillis));
    outcomes.addAll(throttler.endOrphans(mapping(), nowMillis));
    return outcomes;
  }
}
