package io.blkwarden.agent.kernel;

import java.util.regex.Pattern;

/**
 * Tells hardware from virtual block devices.
 *
 * <p>A disk of hardware has a queue that all its users share, so its scheduler can put one user
 * behind others. A virtual device (zvol, rbd, nbd, zram, a diskless drbd) hands its I/O to workers
 * or to the network; its queue often has one user only, and priorities end there. Hardware is
 * recognised by what it is: by its place on a bus, or by a driver's name.
 *
 * <p>Source: the link {@code /sys/block/NAME}, such as {@code ../devices/pci0000:00/.../block/sda};
 * {@code ../devices/virtual/block/zd0} is virtual.
 */
public final class Hardware {
  private static final Pattern DRIVER_NAME =
      Pattern.compile(
          "(sd|hd|vd|xvd|dasd)[a-z]+|nvme\\d+(c\\d+)?n\\d+|mmcblk\\d+(boot\\d|gp\\d)?"
              + "|(cciss|ida|rd)!c\\d+d\\d+|pmem\\d+(\\.\\d+)?s?|rssd[a-z]+|fio[a-z]+|s[rt]\\d+");
  private static final Pattern BUS =
      Pattern.compile("(?:\\.\\./)*+devices/(pci|LNXSYSTM|css|vio|vbd-|soc|amba|ibmebus)[^/]*/.*");
  private static final String VIRTUAL = "devices/virtual/block/";

  private Hardware() {}

  /** Whether a device of this kernel name is hardware; false when that cannot be told. */
  public static boolean is(KernelFiles files, String name) {
    String place = files.link("sys/block/" + name).orElse("");
    return !place.contains(VIRTUAL)
        && (DRIVER_NAME.matcher(name).matches() || BUS.matcher(place).matches());
  }
}
