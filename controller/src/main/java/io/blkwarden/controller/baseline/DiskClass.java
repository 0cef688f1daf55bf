package io.blkwarden.controller.baseline;

import io.blkwarden.controller.fleet.DeviceClass;
import io.blkwarden.controller.fleet.Metric;
import io.blkwarden.model.Require;
import io.blkwarden.model.VolumeRole;

/**
 * Disks that are compared with each other.
 *
 * @param metric what is compared
 * @param windowMillis the time over which each value is a mean, 1 s to a day
 * @param role of the volumes
 * @param device what they lie on
 * @param plan of their domains, by their labels; empty for those without one
 */
public record DiskClass(
    Metric metric, long windowMillis, VolumeRole role, DeviceClass device, String plan) {
  public DiskClass {
    Require.present(metric, "metric");
    Require.within(windowMillis, 1_000, 86_400_000, "window_ms");
    Require.present(role, "role");
    Require.present(device, "device");
    Require.within(plan.length(), 0, 64, "plan (length)");
  }
}
