package io.blkwarden.agent.backend.type;

import io.blkwarden.agent.kernel.KernelFiles;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.model.BackendKind;
import io.blkwarden.model.DeviceNumber;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of a disk's backend on the xen-backend bus: {@code vbd-137-51714}.
 *
 * @param kind kind of backend
 * @param domid domain number; Xen reuses it
 * @param handle virtual device number (51714 is xvda2)
 */
public record BackendId(BackendKind kind, int domid, int handle) {
  private static final Pattern FORM = Pattern.compile("([a-z]+3?)-(\\d{1,5})-(\\d{1,9})");

  /** Parses a bus id; empty for other devices, such as {@code vif-1-0}. */
  public static Optional<BackendId> parse(String busId) {
    Matcher matcher = FORM.matcher(busId);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    for (BackendKind kind : BackendKind.values()) {
      if (kind.wire().equals(matcher.group(1))) {
        return Optional.of(
            new BackendId(
                kind, Integer.parseInt(matcher.group(2)), Integer.parseInt(matcher.group(3))));
      }
    }
    return Optional.empty();
  }

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
