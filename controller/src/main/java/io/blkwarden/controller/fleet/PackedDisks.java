package io.blkwarden.controller.fleet;

import io.blkwarden.model.DeviceNumber;
import io.blkwarden.model.DiskKey;
import io.blkwarden.model.DiskRef;
import io.blkwarden.model.DomainRef;
import io.blkwarden.model.IoPriority;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MappingState;
import io.blkwarden.model.PhysicalDevice;
import io.blkwarden.model.Proof;
import io.blkwarden.model.UnresolvedReason;
import io.blkwarden.model.Volume;
import io.blkwarden.model.VolumeRole;
import io.blkwarden.model.Worker;
import io.blkwarden.model.WorkerKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A host's disks in about 45 bytes each, unpacked to records on request; immutable.
 *
 * <p>A disk's records take 500 bytes, and are needed only when a map or policy changes or the disk
 * is over a threshold. Values that many disks of a host share (virtual and physical devices,
 * labels, parts of paths) are stored once. The names of a volume's dm device are not stored.
 */
final class PackedDisks {
  private static final List<MappingState> STATES = List.of(MappingState.values());
  private static final List<VolumeRole> ROLES = List.of(VolumeRole.values());
  private static final List<UnresolvedReason> REASONS = List.of(UnresolvedReason.values());
  private static final List<WorkerKind> KINDS = List.of(WorkerKind.values());
  private static final List<Proof> PROOFS = List.of(Proof.values());

  static final PackedDisks NONE = new PackedDisks(List.of());

  /** Longest name of a kernel task. */
  private static final int COMM_MAX = 15;

  private final byte[] bytes;
  private final int[] offsets;

  /** Number of disks that are not gone. */
  final int present;

  private final Shared shared;

  /** Values that disks refer to by their numbers. */
  private record Shared(
      List<String> texts,
      List<DiskRef> refs,
      List<List<PhysicalDevice>> stacks,
      List<Map<String, String>> labels,
      List<IoPriority> priorities) {}

  PackedDisks(List<MappedDisk> disks) {
    Packer packer = new Packer(disks);
    bytes = packer.bytes();
    offsets = packer.offsets;
    present = (int) disks.stream().filter(disk -> disk.state() != MappingState.GONE).count();
    shared =
        new Shared(
            packer.texts.values(),
            packer.refs.values(),
            packer.stacks.values(),
            packer.labels.values(),
            packer.priorities.values());
  }

  /** The name of a blkback ring's thread, cut as the kernel cuts it. */
  private static String usualName(DomainRef domain, String vdev, @Nullable Integer ring) {
    String name = domain.domid() + "." + vdev + "-" + ring;
    return name.length() > COMM_MAX ? name.substring(0, COMM_MAX) : name;
  }

  int rows() {
    return offsets.length;
  }

  /** Whether all rows are equal. */
  boolean sameAs(PackedDisks other) {
    return Arrays.equals(bytes, other.bytes) && shared.equals(other.shared);
  }

  MappingState state(int row) {
    return STATES.get(bytes[offsets[row]]); // read with each sample, so without a reader
  }

  /** Whether the row is this disk of this incarnation of its domain. */
  boolean is(int row, DiskKey key) {
    PackedReader domain = domainOf(row);
    return domain.uuid().equals(key.domain())
        && domain.count() == key.domid()
        && key.vdev().equals(disk(row).disk().vdev());
  }

  /** A reader at the domain of a row. */
  private PackedReader domainOf(int row) {
    PackedReader own = reader(row);
    int back = own.count();
    if (back == 0) {
      return own;
    }
    PackedReader first = reader(row - back);
    first.number();
    return first;
  }

  /** A reader after the state of a row. */
  private PackedReader reader(int row) {
    return new PackedReader(bytes, offsets[row] + 1);
  }

  private static DomainRef domain(PackedReader in) {
    return new DomainRef(in.uuid(), in.count(), in.text());
  }

  MappedDisk disk(int row) {
    PackedReader in = reader(row);
    DomainRef domain = domain(in.count() == 0 ? in : domainOf(row));
    DiskRef disk = shared.refs.get(in.count() - 1);
    Volume volume = volume(in, domain.name());
    List<PhysicalDevice> physical = shared.stacks.get(in.count() - 1);
    int reason = in.count();
    Map<String, String> ofDomain = shared.labels.get(in.count() - 1);
    int count = in.count();
    List<Worker> workers = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      workers.add(worker(in, domain, disk.vdev()));
    }
    return new MappedDisk(
        domain,
        disk,
        volume,
        physical,
        state(row),
        reason == 0 ? null : REASONS.get(reason - 1),
        workers,
        ofDomain);
  }

  /** The names of a row's disk, without unpacking the rest. */
  HostState.Names names(int row) {
    PackedReader in = reader(row);
    PackedReader domain = in.count() == 0 ? in : domainOf(row);
    UUID uuid = domain.uuid();
    domain.count();
    String name = domain.text();
    return new HostState.Names(uuid, name, shared.refs.get(in.count() - 1).vdev(), path(in, name));
  }

  private @Nullable String path(PackedReader in, String name) {
    String path = SharedValues.at(shared.texts, in.count());
    String rest = SharedValues.at(shared.texts, in.count());
    return rest == null ? path : path + name + rest;
  }

  private Volume volume(PackedReader in, String name) {
    String path = path(in, name);
    int major = in.count();
    int minor = in.count();
    return new Volume(
        path,
        major == 0 ? null : new DeviceNumber(major - 1, minor),
        null,
        null,
        null,
        ROLES.get(in.count()),
        null,
        in.count() == 0 ? null : true);
  }

  private Worker worker(PackedReader in, DomainRef domain, String vdev) {
    WorkerKind kind = KINDS.get(in.count());
    int ring = in.count();
    Integer number = ring == 0 ? null : ring - 1;
    int pid = in.count();
    long startTicks = in.number();
    String comm = SharedValues.at(shared.texts, in.count());
    return new Worker(
        kind,
        number,
        pid,
        startTicks,
        comm == null ? usualName(domain, vdev, number) : comm,
        SharedValues.at(shared.priorities, in.count()),
        PROOFS.get(in.count()));
  }

  List<MappedDisk> disks() {
    return IntStream.range(0, rows()).mapToObj(this::disk).toList();
  }

  /** Packs a host's disks, in the order in which they are read. */
  private static final class Packer {
    final SharedValues<String> texts = new SharedValues<>();
    final SharedValues<DiskRef> refs = new SharedValues<>();
    final SharedValues<List<PhysicalDevice>> stacks = new SharedValues<>();
    final SharedValues<Map<String, String>> labels = new SharedValues<>();
    final SharedValues<IoPriority> priorities = new SharedValues<>();
    final int[] offsets;
    private final PackedWriter out = new PackedWriter();
    private final Map<DomainRef, Integer> firstRows = new HashMap<>();

    Packer(List<MappedDisk> disks) {
      offsets = new int[disks.size()];
      for (int row = 0; row < offsets.length; row++) {
        offsets[row] = out.length();
        pack(disks.get(row), row);
      }
    }

    byte[] bytes() {
      return out.toBytes();
    }

    private void pack(MappedDisk disk, int row) {
      out.number(STATES.indexOf(disk.state()));
      domain(disk.domain(), row);
      out.number(refs.numberOf(disk.disk()));
      volume(disk.volume(), disk.domain().name());
      out.number(stacks.numberOf(disk.physical()));
      out.number(disk.reason() == null ? 0 : REASONS.indexOf(disk.reason()) + 1L);
      out.number(labels.numberOf(disk.domainLabels()));
      out.number(disk.workers().size());
      for (Worker worker : disk.workers()) {
        worker(worker, usualName(disk.domain(), disk.disk().vdev(), worker.ring()));
      }
    }

    /** The distance to an earlier row with the domain, or 0 and the domain. */
    private void domain(DomainRef domain, int row) {
      Integer first = firstRows.putIfAbsent(domain, row);
      out.number(first == null ? 0 : row - first);
      if (first == null) {
        out.uuid(domain.uuid());
        out.number(domain.domid());
        out.text(domain.name());
      }
    }

    /** A path in two parts around its domain's name, because many disks share the parts. */
    private void volume(Volume volume, String name) {
      String path = volume.path();
      int at = path == null ? -1 : path.indexOf(name);
      if (path == null || at < 0) {
        out.number(texts.numberOf(path));
        out.number(0);
      } else {
        out.number(texts.numberOf(path.substring(0, at)));
        out.number(texts.numberOf(path.substring(at + name.length())));
      }
      out.number(volume.device() == null ? 0 : volume.device().major() + 1L);
      out.number(volume.device() == null ? 0 : volume.device().minor());
      out.number(ROLES.indexOf(volume.role()));
      out.number(volume.cached() == null ? 0 : 1);
    }

    private void worker(Worker worker, String usualName) {
      out.number(KINDS.indexOf(worker.kind()));
      out.number(worker.ring() == null ? 0 : worker.ring() + 1L);
      out.number(worker.pid());
      out.number(worker.startTicks());
      out.number(worker.comm().equals(usualName) ? 0 : texts.numberOf(worker.comm()));
      out.number(priorities.numberOf(worker.priority()));
      out.number(PROOFS.indexOf(worker.proof()));
    }
  }

  /** Numbers distinct values from 1; 0 is none. */
  private static final class SharedValues<T> {
    private final Map<T, Integer> numbers = new LinkedHashMap<>();

    int numberOf(@Nullable T value) {
      return value == null ? 0 : numbers.computeIfAbsent(value, _ -> numbers.size() + 1);
    }

    /** The values in the order of their numbers. */
    List<T> values() {
      return List.copyOf(numbers.keySet());
    }

    static <T> @Nullable T at(List<T> values, int number) {
      return number == 0 ? null : values.get(number - 1);
    }
  }
}
