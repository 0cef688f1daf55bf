package io.blkwarden.commandline.top;

import java.util.List;
import java.util.stream.Collectors;

/** The remark of {@code top} about physical devices whose utilisation is unknown. */
public final class UnknownDevices {
  private static final int NAMES = 5;

  private UnknownDevices() {}

  /**
   * The remark.
   *
   * @param devices names of the devices, at least one
   */
  public static String remark(List<String> devices) {
    String more = devices.size() > NAMES ? " and %d more".formatted(devices.size() - NAMES) : "";
    return "utilisation of %s%s is unknown: the device does not count I/O"
        .formatted(devices.stream().limit(NAMES).collect(Collectors.joining(", ")), more);
  }
}
