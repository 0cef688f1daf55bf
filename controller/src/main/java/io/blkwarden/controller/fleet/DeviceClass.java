package io.blkwarden.controller.fleet;

import io.blkwarden.model.PhysicalDevice;
import java.util.List;

/** The class of the devices below a disk. */
public enum DeviceClass {
  /** All are rotational. */
  HDD("hdd"),
  /** None is rotational. */
  SSD("ssd"),
  /** Some are rotational, some are not. */
  MIXED("mixed"),
  /** Unknown for some of them, or none is known. */
  UNKNOWN("unknown");

  private final String wire;

  DeviceClass(String wire) {
    this.wire = wire;
  }

  /** Name in policies and baselines. */
  public String wire() {
    return wire;
  }

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
