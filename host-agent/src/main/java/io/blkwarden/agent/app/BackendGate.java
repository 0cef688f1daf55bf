package io.blkwarden.agent.app;

import io.blkwarden.agent.backend.type.BackendId;
import io.blkwarden.agent.kernel.KernelFiles;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.lease.DiskGate;
import io.blkwarden.agent.xenstore.XenStore;
import io.blkwarden.model.BackendKind;
import io.blkwarden.model.DeviceNumber;
import io.blkwarden.model.MappedDisk;
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
    int domid = disk.domain().domid();
    String node = "/local/domain/0/backend/vbd/%d/%d".formatted(domid, disk.disk().handle());
    String vm = "/local/domain/" + domid + "/vm";
    List<ReadResult<String>> read =
        store.readAll(List.of(node + "/state", node + "/online", node + "/physical-device", vm));
    return differs(node + "/state", "4", read.get(0))
        .or(() -> differs(node + "/online", "1", read.get(1)))
        .or(() -> device(disk, node + "/physical-device", read.get(2)))
        .or(() -> guest(disk, vm, read.get(3)))
        .or(() -> volume(disk));
  }

  private static Optional<String> differs(String path, String expected, ReadResult<String> found) {
    return found instanceof ReadResult.Present<String>(String value)
            && value.strip().equals(expected)
        ? Optional.empty()
        : Optional.of("%s: expected %s, found %s".formatted(path, expected, found.describe()));
  }

  private Optional<String> device(MappedDisk disk, String path, ReadResult<String> found) {
    DeviceNumber expected = disk.volume().device();
    Optional<DeviceNumber> node = found.toOptional().flatMap(BackendGate::number);
    if (expected == null || !node.equals(Optional.of(expected))) {
      return Optional.of("%s: expected %s, found %s".formatted(path, expected, found.describe()));
    }
    BackendId id = new BackendId(BackendKind.VBD, disk.domain().domid(), disk.disk().handle());
    ReadResult<DeviceNumber> kernel = id.device(files);
    return kernel.toOptional().equals(Optional.of(expected))
        ? Optional.empty()
        : Optional.of(
            "%s in sysfs: expected %s, found %s"
                .formatted(id.busId(), expected, kernel.describe()));
  }

  private static Optional<DeviceNumber> number(String text) {
    try {
      return Optional.of(DeviceNumber.parseHex(text.strip()));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  private static Optional<String> guest(MappedDisk disk, String path, ReadResult<String> found) {
    String expected = "/vm/" + disk.domain().uuid();
    // a guest that is migrated within the host has the suffix "-1"
    return found instanceof ReadResult.Present<String>(String value)
            && (value.strip().equals(expected) || value.strip().equals(expected + "-1"))
        ? Optional.empty()
        : Optional.of("%s: expected %s, found %s".formatted(path, expected, found.describe()));
  }

  private Optional<String> volume(MappedDisk disk) {
    @Nullable String dm = disk.volume().dm();
    if (dm == null) {
      return Optional.empty();
    }
    String path = "sys/block/" + dm + "/dm/uuid";
    ReadResult<String> uuid = files.read(path).map(String::strip);
    String expected = Objects.requireNonNullElse(disk.volume().dmUuid(), "");
    return uuid.toOptional().equals(Optional.of(expected))
        ? Optional.empty()
        : Optional.of("%s: expected %s, found %s".formatted(path, expected, uuid.describe()));
  }
}
