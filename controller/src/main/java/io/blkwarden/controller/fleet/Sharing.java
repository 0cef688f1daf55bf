package io.blkwarden.controller.fleet;

import io.blkwarden.model.DiskRef;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.Volume;
import io.blkwarden.model.Worker;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a map small: makes equal parts of a host's disks one object: a snapshot repeats its devices
 * and domains for each disk, and as it was read each is an object of its own.
 *
 * <p>For one snapshot, on one thread; what is not used again goes with it.
 */
final class Sharing {
  private final Map<Object, Object> known = new HashMap<>();

  /** The disks with shared parts. */
  MappedDisk[] of(List<MappedDisk> disks) {
    return disks.stream().map(this::shared).toArray(MappedDisk[]::new);
  }

  private MappedDisk shared(MappedDisk disk) {
    return new MappedDisk(
        one(disk.domain()),
        shared(disk.disk()),
        shared(disk.volume()),
        one(disk.physical()),
        disk.state(),
        disk.reason(),
        disk.workers().stream().map(this::shared).toList(),
        one(disk.domainLabels()));
  }

  private DiskRef shared(DiskRef disk) {
    return one(new DiskRef(one(disk.vdev()), disk.handle(), disk.backend(), one(disk.mode())));
  }

  /** Without the names of its dm device, which nothing here reads: a fourth of its strings. */
  private Volume shared(Volume volume) {
    return new Volume(volume.path(), volume.device(), null, null, volume.dmUuid(), volume.role());
  }

  private Worker shared(Worker worker) {
    return new Worker(
        worker.kind(),
        worker.ring(),
        worker.pid(),
        worker.startTicks(),
        worker.comm(),
        any(worker.priority()),
        worker.proof());
  }

  private <T> @Nullable T any(@Nullable T value) {
    return value == null ? null : one(value);
  }

  @SuppressWarnings("unchecked") // equal objects are of one class here
  private <T> T one(T value) {
    Object before = known.putIfAbsent(value, value);
    return before == null ? value : (T) before;
  }
}
