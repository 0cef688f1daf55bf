package io.blkwarden.agent.scan;

import io.blkwarden.agent.kernel.BlockDevice;
import io.blkwarden.agent.kernel.DmDevice;
import io.blkwarden.agent.kernel.DmName;
import io.blkwarden.agent.kernel.KernelFiles;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.mapping.Backend;
import io.blkwarden.model.BackendKind;
import io.blkwarden.model.DeviceNumber;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds the block devices of disks whose backend names them in {@code params} only, as QEMU's does:
 * {@code aio:/dev/vg/lv}. Such a disk is sampled; nothing is ever set for it.
 */
final class NamedVolumes {
  private static final Pattern DEVICE =
      Pattern.compile("(?:[A-Za-z0-9_+.-]{1,32}:){0,3}/dev/([^:,?\\s]{1,512})");

  private static final String MAPPER = "mapper/";

  private final KernelFiles files;
  private final Map<String, DeviceNumber> known = new HashMap<>();

  /** Volumes of a host with these devices of device mapper. */
  NamedVolumes(KernelFiles files, List<DmDevice> dmDevices) {
    this.files = files;
    for (DmDevice dm : dmDevices) {
      known.put(MAPPER + dm.name(), dm.number());
      Optional<DmName> lvm = dm.isLogicalVolume() ? dm.lvmName() : Optional.empty();
      lvm.ifPresent(
          name -> known.put(name.volumeGroup() + "/" + name.logicalVolume(), dm.number()));
    }
  }

  /** The same backends, with the devices that their {@code params} name. */
  List<Backend> find(List<Backend> backends) {
    return backends.stream().map(this::find).toList();
  }

  private Backend find(Backend backend) {
    String params = backend.params();
    boolean open =
        backend.kind() != BackendKind.VBD
            && backend.nodeDevice() == null
            && backend.kernelDevice() == null;
    Matcher named = DEVICE.matcher(open && params != null ? params : "");
    return named.matches() ? number(named.group(1)).map(backend::withNodeDevice).orElse(backend) : backend;
  }

  /**
   * The device of a path below {@code /dev}: by device mapper's names, by what the path links to,
   * or by the kernel's name.
   */
  private Optional<DeviceNumber> number(String path) {
    DeviceNumber dm = known.get(path);
    if (dm != null) {
      return Optional.of(dm);
    }
    String name =
        files.link("dev/" + path) instanceof ReadResult.Present<String>(String target)
            ? target.substring(target.lastIndexOf('/') + 1)
            : path.replace('/', '!');
    return name.isEmpty() || name.startsWith(".")
        ? Optional.empty()
        : BlockDevice.named(files, name).toOptional().map(BlockDevice::number);
  }
}
