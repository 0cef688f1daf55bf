package io.blkwarden.controller.fleet;

import io.blkwarden.model.PhysicalDevice;
import io.blkwarden.model.WireName;
import java.util.List;

/** The class of the devices below a disk. */
public enum DeviceClass implements WireName {
  /** All are rotational. */
  HDD,
  /** None is rotational. */
  SSD,
  /** Some are rotational, some are not. */
  MIXED,
  /** Unknown for some of them, or none is known. */
  UNKNOWN;

  /** The class of a disk on these devices. */
  public static DeviceClass of(List<PhysicalDevice> physical) {
    int turning = 0;
    for (PhysicalDevice device : physical) {
      Boolean rotational = device.rotational();
      if (rotational == null) {
        return UNKNOWN;
      }
      turning += rotational ? 1 : 0;
    }
    if (physical.isEmpty()) {
      return UNKNOWN;
    }
    return turning == 0 ? SSD : turning == physical.size() ? HDD : MIXED;
  }
}
