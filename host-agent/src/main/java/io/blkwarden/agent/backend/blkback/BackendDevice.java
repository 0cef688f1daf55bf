package io.blkwarden.agent.backend.blkback;

import io.blkwarden.agent.kernel.KernelFiles;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.model.DeviceNumber;

/**
 * A disk's backend as blkback shows it in sysfs.
 *
 * <p>Source: {@code /sys/bus/xen-backend/devices/vbd-DOMID-HANDLE/}: {@code physical_device}
 * (hexadecimal, {@code fd:c} is 253:12). It appears only once the hotplug script has named the
 * device; {@code vbd3} and {@code qdisk} backends have no driver in the kernel and never have it.
 *
 * @param id its name on the bus
 * @param device the block device that it uses
 */
public record BackendDevice(BackendId id, DeviceNumber device) {
  /** Reads one backend. Absent when it is gone, has no device yet, or is not blkback's. */
  public static ReadResult<BackendDevice> read(KernelFiles files, BackendId id) {
    String devicePath = id.directory() + "/physical_device";
    return files
        .read(devicePath)
        .parse(devicePath, BackendDevice::parseDevice)
        .map(device -> new BackendDevice(id, device));
  }

  /** Parses {@code fd:c} and a newline. */
  public static ReadResult<DeviceNumber> parseDevice(String text) {
    try {
      return ReadResult.present(DeviceNumber.parseHex(text.strip()));
    } catch (IllegalArgumentException invalid) {
      return ReadResult.malformed("physical_device", "MAJOR:MINOR in hexadecimal", text);
    }
  }
}
