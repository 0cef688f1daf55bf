package io.blkwarden.model;

import org.jspecify.annotations.Nullable;

/**
 * A device at the bottom of a volume's stack, where the I/O scheduler that counts is.
 *
 * @param name kernel name, such as {@code sda}
 * @param device its number
 * @param scheduler the active scheduler, the name in brackets in {@code queue/scheduler}; absent
 *     when it could not be read
 * @param actuator whether I/O priorities have an effect there
 */
public record PhysicalDevice(
    String name, DeviceNumber device, @Nullable String scheduler, Actuator actuator) {
  public PhysicalDevice {
    Require.text(name, 64, "physical.name");
    Require.present(device, "physical.device");
    Require.optionalText(scheduler, 64, "physical.scheduler");
    Require.present(actuator, "physical.actuator");
  }
}
