package io.blkwarden.agent.scan;

import io.blkwarden.agent.backend.BackendTypes;
import io.blkwarden.agent.kernel.BlockDevice;
import io.blkwarden.agent.kernel.DmDevice;
import io.blkwarden.agent.kernel.DmName;
import io.blkwarden.agent.kernel.KernelFiles;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.mapping.Backend;
import io.blkwarden.model.DeviceNumber;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds the block devices of disks whose backend names them in {@code params} only, such as QEMU's
 * {@code aio:/dev/vg/lv}. Such disks are sampled and never throttled.
 */
final class NamedVolumes {
  private static final String MAPPER = "mapper/";

  private final KernelFiles files;
  private final Map<String, DeviceNumber> known = new HashMap<>();

  /** Creates a finder for a host with these device-mapper devices. */
  NamedVolumes(KernelFiles files, List<DmDevice> dmDevices) {
    this.files = files;
    for (DmDevice dm : dmDevices) {
      known.put(MAPPER + dm.name(), dm.number());
      Optional<DmName> lvm = dm.isLogicalVolume() ? dm.lvmName() : Optional.empty();
      lvm.ifPresent(
          name -> known.put(name.volumeGroup() + "/" + name.logicalVolume(), dm.number()));
    }
  }

  /** The backends with the devices that their {@code params} name. */
  List<Backend> find(List<Backend> backends) {
    return backends.stream().map(this::find).toList();
  }

  private Backend find(Backend backend) {
    String params = backend.params();
    if (params == null || backend.nodeDevice() != null || backend.kernelDevice() != null) {
      return backend;
    }
    return BackendTypes.of(backend.kind())
        .namedDevice(params)
        .flatMap(this::number)
        .map(device -> backend.with(device, null, backend.counters()))
        .orElse(backend);
  }

  /**
   * The device of a path below {@code /dev}: by device-mapper name, by link target, or by kernel
   * name.
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
