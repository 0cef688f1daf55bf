package io.blkwarden.controller.baseline;

import io.blkwarden.controller.fleet.DeviceClass;
import io.blkwarden.controller.fleet.Metric;
import io.blkwarden.model.Require;
import io.blkwarden.model.VolumeRole;

/**
 * A class of disks that are compared with each other.
 *
 * @param metric what is compared
 * @param windowMillis window of each mean, 1 s to a day
 * @param role of the volumes
 * @param device class of the devices below
 * @param plan label of the domains; empty without one
 */
public record DiskClass(
    Metric metric, long windowMillis, VolumeRole role, DeviceClass device, String plan) {
  public DiskClass {
    Require.within(windowMillis, 1_000, 86_400_000, "window_ms");
    Require.within(plan.length(), 0, 64, "plan (length)");
  }
}
