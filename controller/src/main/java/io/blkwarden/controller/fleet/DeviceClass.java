package io.blkwarden.controller.fleet;

import io.blkwarden.model.PhysicalDevice;
import java.util.List;

/** What kind of device a disk lies on. */
public enum DeviceClass {
  /** All that is below turns. */
  HDD("hdd"),
  /** Nothing below turns. */
  SSD("ssd"),
  /** Some of it turns, some does not. */
  MIXED("mixed"),
  /** Of some of it the agent does not say whether it turns, or nothing below is known. */
  UNKNOWN("unknown");

  private final String wire;

  DeviceClass(String wire) {
    this.wire = wire;
  }

  /** The word in policies and in what was learned. */
  public String wire() {
    return wire;
  }

  /** The class of a disk with these devices at the bottom. */
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
