package io.blkwarden.agent.kernel;

import io.blkwarden.model.DeviceNumber;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds the block devices below an image file.
 *
 * <p>Sources: the mount table, {@code /sys/block/loopN/loop/backing_file}, and for btrfs, which has
 * no device number of its own, {@code /sys/fs/btrfs/UUID/devices}. No file is opened, and symbolic
 * links are read only on file systems with a device, so an unresponsive server cannot block this.
 * Files on NFS, ZFS or overlay have no device.
 *
 * <p>Not thread-safe.
 */
final class BackingFiles {
  private static final String DELETED = " (deleted)";
  private static final String DEV = "/dev/";
  private static final int MAX_LINKS = 40;

  private final KernelFiles files;
  private final Map<String, DmDevice> dmByPath = new HashMap<>();
  private @Nullable MountTable mounts;

  /**
   * A finder for one scan.
   *
   * @param dmDevices the host's device-mapper devices
   */
  BackingFiles(KernelFiles files, List<DmDevice> dmDevices) {
    this.files = files;
    for (DmDevice dm : dmDevices) {
      dmByPath.put("mapper/" + dm.name(), dm);
      Optional<DmName> lvm = dm.isLogicalVolume() ? dm.lvmName() : Optional.empty();
      lvm.ifPresent(name -> dmByPath.put(name.volumeGroup() + "/" + name.logicalVolume(), dm));
    }
  }

  /** Kernel names of the devices below a loop device; empty when unknown. */
  List<String> belowLoop(String kernelName) {
    String text = files.read("sys/block/" + kernelName + "/loop/backing_file").orElse("").strip();
    String path = text.replace(DELETED, "");
    return path.startsWith(DEV) ? below(path) : devicesOf(path);
  }

  /** Kernel names of the devices below a file, or the device itself. */
  List<String> below(String path) {
    return path.startsWith(DEV) ? deviceNamed(path).stream().toList() : devicesOf(resolved(path));
  }

  /** The path with readable symbolic links resolved; empty after too many links. */
  private String resolved(String path) {
    Deque<String> left = new ArrayDeque<>(List.of(path.split("/", -1)));
    String done = "";
    int links = 0;
    while (!left.isEmpty()) {
      String part = left.removeFirst();
      if (part.isEmpty() || part.equals(".")) {
        continue;
      }
      if (part.equals("..")) {
        done = done.substring(0, Math.max(0, done.lastIndexOf('/')));
        continue;
      }
      String next = done + "/" + part;
      String target = devicesOf(next).isEmpty() ? "" : files.link(next.substring(1)).orElse("");
      if (target.isEmpty()) {
        done = next;
      } else if (++links > MAX_LINKS) {
        return "";
      } else {
        done = target.startsWith("/") ? "" : done;
        List<String> parts = List.of(target.split("/", -1));
        parts.reversed().forEach(left::addFirst);
      }
    }
    return done;
  }

  private List<String> devicesOf(String path) {
    Optional<MountTable.Mount> mount = mounts().of(path);
    if (mount.isEmpty()) {
      return List.of();
    }
    DeviceNumber number = mount.get().device();
    if (number != null) {
      return BlockDevice.numbered(files, number).map(BlockDevice::name).toOptional().stream()
          .toList();
    }
    Set<String> found = new LinkedHashSet<>();
    for (String source : mount.get().source().split(":", -1)) {
      deviceNamed(source).ifPresent(name -> found.addAll(btrfsDevices(name)));
    }
    return List.copyOf(found);
  }

  /** All devices of the btrfs on this one, or the device alone. */
  private List<String> btrfsDevices(String name) {
    for (String each : files.list("sys/fs/btrfs").orElse(List.of())) {
      List<String> devices = files.list("sys/fs/btrfs/" + each + "/devices").orElse(List.of());
      if (devices.contains(name)) {
        return devices;
      }
    }
    return List.of(name);
  }

  private Optional<String> deviceNamed(String path) {
    return path.startsWith(DEV)
        ? device(path.substring(DEV.length())).map(BlockDevice::name)
        : Optional.empty();
  }

  /** The device at a path below {@code /dev}: by LVM or device-mapper name, link or kernel name. */
  Optional<BlockDevice> device(String path) {
    DmDevice dm = dmByPath.get(path);
    if (dm != null) {
      return Optional.of(new BlockDevice(dm.kernelName(), dm.number(), dm.kernelName()));
    }
    String name =
        files.link("dev/" + path) instanceof ReadResult.Present<String>(String target)
            ? target.substring(target.lastIndexOf('/') + 1)
            : path.replace('/', '!');
    return name.isEmpty() || name.startsWith(".")
        ? Optional.empty()
        : BlockDevice.named(files, name).toOptional();
  }

  /** The mounts of process 1, read once; a systemd unit's own may be restricted. */
  private MountTable mounts() {
    MountTable read = mounts;
    if (read == null) {
      String own = files.read("proc/self/mountinfo").orElse("");
      read = MountTable.ofMountInfo(files.read("proc/1/mountinfo").orElse(own));
      if (read.mounts().isEmpty()) { // a captured tree may have this one only
        read = MountTable.ofMounts(files.read("proc/mounts").orElse(""));
      }
      mounts = read;
    }
    return read;
  }
}
