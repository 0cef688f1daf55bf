package io.blkwarden.agent.app;

import io.blkwarden.agent.backend.type.BackendId;
import io.blkwarden.agent.kernel.KernelFiles;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.lease.DiskGate;
import io.blkwarden.agent.xenstore.XenStore;
import io.blkwarden.model.BackendKind;
import io.blkwarden.model.DeviceNumber;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.Volume;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The check of a disk's backend right before its workers are changed: the node must be online and
 * connected (state 4), xenstore, sysfs and the map must name the same device, the device must be
 * the same volume, and the domid must belong to the same guest.
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
    if (disk.disk().backend() != BackendKind.VBD) {
      return Optional.of("backend: expected vbd, found " + disk.disk().backend().wire());
    }
    BackendId id = new BackendId(BackendKind.VBD, disk.domain().domid(), disk.disk().handle());
    String node = "/local/domain/0/backend/vbd/%d/%d".formatted(id.domid(), id.handle());
    String number = node + "/physical-device";
    String vm = "/local/domain/" + id.domid() + "/vm";
    List<ReadResult<String>> read =
        store.readAll(List.of(node + "/state", node + "/online", number, vm)).stream()
            .map(each -> each.map(String::strip))
            .toList();
    DeviceNumber device = disk.volume().device();
    // a guest that is migrated within the host has the suffix "-1"
    ReadResult<String> guest = read.get(3).map(text -> text.replaceFirst("-1$", ""));
    return differs(node + "/state", "4", read.get(0))
        .or(() -> differs(node + "/online", "1", read.get(1)))
        .or(() -> differs(number, device, read.get(2).flatMap(BackendId::parseDevice)))
        .or(() -> differs(id.busId() + " in sysfs", device, id.device(files)))
        .or(() -> differs(vm, "/vm/" + disk.domain().uuid(), guest))
        .or(() -> volume(disk.volume()));
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
