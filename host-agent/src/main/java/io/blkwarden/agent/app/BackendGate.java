package io.blkwarden.agent.app;

import io.blkwarden.agent.backend.BackendTypes;
import io.blkwarden.agent.backend.type.BackendId;
import io.blkwarden.agent.backend.type.BackendParams;
import io.blkwarden.agent.backend.type.DiskProcess;
import io.blkwarden.agent.kernel.KernelFiles;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.lease.DiskGate;
import io.blkwarden.agent.xenstore.XenStore;
import io.blkwarden.model.BackendKind;
import io.blkwarden.model.DeviceNumber;
import io.blkwarden.model.DiskRef;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.Volume;
import io.blkwarden.model.Worker;
import io.blkwarden.model.WorkerId;
import io.blkwarden.model.WorkerKind;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The check of a disk's backend right before its workers are changed: the node must be online and
 * connected (state 4), the device must be the same volume, and the domid must belong to the same
 * guest. For blkback, xenstore, sysfs and the map must name the same device. The open files of a
 * tapdisk or QEMU must still prove the disk, and its image must be on a local block device.
 *
 * <p>{@link #check} runs before the lease lock is taken, because it may block on xenstore. Its
 * result is valid for one command.
 */
final class BackendGate implements DiskGate {
  private final XenStore store;
  private final KernelFiles files;
  private @Nullable MappedDisk checked;
  private Optional<String> objection = Optional.empty();

  BackendGate(XenStore store, KernelFiles files) {
    this.store = store;
    this.files = files;
  }

  /** Checks the disk of the next command. */
  void check(MappedDisk disk) {
    objection = find(disk);
    checked = disk;
  }

  @Override
  public Optional<String> objection(MappedDisk disk) {
    boolean valid = disk.equals(checked);
    checked = null;
    return valid ? objection : Optional.of("the disk's backend was not checked");
  }

  private Optional<String> find(MappedDisk disk) {
    DiskRef ref = disk.disk();
    BackendId id = new BackendId(ref.backend(), disk.domain().domid(), ref.handle());
    String node =
        "/local/domain/0/backend/%s/%d/%d".formatted(ref.backend().wire(), id.domid(), id.handle());
    String number = node + "/physical-device";
    String vm = "/local/domain/" + id.domid() + "/vm";
    List<ReadResult<String>> read =
        store.readAll(List.of(node + "/state", node + "/online", number, vm)).stream()
            .map(each -> each.map(String::strip))
            .toList();
    // a guest that is migrated within the host has the suffix "-1"
    ReadResult<String> guest = read.get(3).map(text -> text.replaceFirst("-1$", ""));
    return differs(node + "/state", "4", read.get(0))
        .or(() -> differs(node + "/online", "1", read.get(1)))
        .or(() -> differs(vm, "/vm/" + disk.domain().uuid(), guest))
        .or(() -> volume(disk.volume()))
        .or(() ->
            disk.workers().getFirst().kind() == WorkerKind.BLKBACK
                ? blkback(disk, id, number, read.get(2))
                : process(disk, id));
  }

  private Optional<String> blkback(
      MappedDisk disk, BackendId id, String number, ReadResult<String> node) {
    DeviceNumber device = disk.volume().device();
    return differs(number, device, node.flatMap(BackendId::parseDevice))
        .or(() -> differs(id.busId() + " in sysfs", device, id.device(files)));
  }

  private Optional<String> process(MappedDisk disk, BackendId id) {
    Optional<String> never = disk.unrestrainable();
    if (never.isPresent()) {
      return Optional.of("no restraint acts on the disk: " + never.get());
    }
    // blkback's own device is that of the tapdisk behind it, not the image's
    DeviceNumber device =
        id.kind() == BackendKind.VBD
            ? id.device(files).toOptional().orElse(null)
            : disk.volume().device();
    String path = disk.volume().path();
    String file = path == null ? null : BackendParams.file(path);
    Worker main = disk.workers().getFirst();
    String name = main.kind().wire() + " " + main.pid();
    ReadResult<DiskProcess> found =
        BackendTypes.processes(files, _ -> ReadResult.absent("priority"))
            .read(main.pid())
            .flatMap(process ->
                process.serves(id, device, file)
                    ? ReadResult.present(process)
                    : ReadResult.absent(id.busId() + " in " + name));
    boolean cached =
        found
            .toOptional()
            .flatMap(process -> process.image(device, file))
            .filter(image -> image.writable() && image.cached())
            .isPresent();
    return cached
        ? Optional.of(
            name
                + ": expected direct I/O, found an image behind the page cache, which the kernel"
                + " writes back")
        : differs(
            "threads of " + name,
            ids(disk.workers()),
            found.map(process -> ids(process.workers())));
  }

  private static Set<WorkerId> ids(List<Worker> workers) {
    return workers.stream().map(Worker::id).collect(Collectors.toSet());
  }

  private static <T> Optional<String> differs(
      String path, @Nullable T expected, ReadResult<T> found) {
    return found.toOptional().filter(value -> value.equals(expected)).isPresent()
        ? Optional.empty()
        : Optional.of("%s: expected %s, found %s".formatted(path, expected, found.describe()));
  }

  private Optional<String> volume(Volume volume) {
    if (volume.dm() == null) {
      return Optional.empty();
    }
    String path = "sys/block/" + volume.dm() + "/dm/uuid";
    return differs(
        path, Objects.requireNonNullElse(volume.dmUuid(), ""), files.read(path).map(String::strip));
  }
}
