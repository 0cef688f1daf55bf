package io.blkwarden.agent.backend.type;

import io.blkwarden.agent.kernel.KernelFiles;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.model.BackendKind;
import io.blkwarden.model.DeviceNumber;

/**
 * The name of a disk's backend on the xen-backend bus: {@code vbd-137-51714}.
 *
 * @param kind kind of backend
 * @param domid domain number; Xen reuses it
 * @param handle virtual device number (51714 is xvda2)
 */
public record BackendId(BackendKind kind, int domid, int handle) {
  /** The name on the bus. */
  public String busId() {
    return kind.wire() + "-" + domid + "-" + handle;
  }

  /**
   * Reads {@code physical_device} from sysfs, such as {@code fd:c} for 253:12. Absent when the
   * backend is gone, has no device yet (the hotplug script sets it), or is not blkback's.
   */
  public ReadResult<DeviceNumber> device(KernelFiles files) {
    return files.parse(directory() + "/physical_device", BackendId::parseDevice);
  }

  /** Parses {@code fd:c} and a newline. */
  public static ReadResult<DeviceNumber> parseDevice(String text) {
    try {
      return ReadResult.present(DeviceNumber.parseHex(text.strip()));
    } catch (IllegalArgumentException invalid) {
      return ReadResult.malformed("physical_device", "MAJOR:MINOR in hexadecimal", text);
    }
  }

  /** Its directory in sysfs. */
  public String directory() {
    return "sys/bus/xen-backend/devices/" + busId();
  }
}
