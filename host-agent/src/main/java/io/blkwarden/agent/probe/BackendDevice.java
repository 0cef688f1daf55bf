package io.blkwarden.agent.probe;

import io.blkwarden.model.DeviceNumber;

/**
 * A disk's backend as blkback shows it in sysfs.
 *
 * <p>Source: {@code /sys/bus/xen-backend/devices/vbd-DOMID-HANDLE/}: {@code physical_device}
 * (hexadecimal, {@code fd:c} is 253:12) and {@code mode}. Both appear only once the hotplug script
 * has named the device; {@code vbd3} and {@code qdisk} backends have no driver in the kernel and
 * never have them.
 *
 * @param id its name on the bus
 * @param device the block device that it uses
 * @param mode {@code w}, {@code r} or {@code w!}
 */
public record BackendDevice(BackendId id, DeviceNumber device, String mode) {
  /** Reads one backend. Absent when it is gone, has no device yet, or is not blkback's. */
  public static Reading<BackendDevice> read(KernelFiles files, BackendId id) {
    String devicePath = id.directory() + "/physical_device";
    return files
        .read(devicePath)
        .parse(devicePath, BackendDevice::parseDevice)
        .flatMap(device ->
            files
                .read(id.directory() + "/mode")
                .map(mode -> new BackendDevice(id, device, mode.strip())));
  }

  /** Parses {@code fd:c} and a newline. */
  static Reading<DeviceNumber> parseDevice(String text) {
    try {
      return Reading.present(DeviceNumber.parseHex(text.strip()));
    } catch (IllegalArgumentException invalid) {
      return Reading.malformed("physical_device", "MAJOR:MINOR in hexadecimal", text);
    }
  }
}
